package io.penstock.model.lifecycle;

import io.penstock.model.ServableVersion;

/** A loaded version together with the native memory it takes, which somebody has to give back. */
public interface LoadedModel extends ServableVersion, AutoCloseable {

  /**
   * Gives its memory back. To be called once, when no run is active and none will follow, on a
   * thread that is never interrupted.
   */
  @Override
  void close();
}
