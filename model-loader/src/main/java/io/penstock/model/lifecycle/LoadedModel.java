package io.penstock.model.lifecycle;

import io.penstock.model.ServableVersion;
import io.penstock.model.fitness.RecordedRequests;

/** A loaded version together with the native memory it takes, which somebody has to give back. */
public interface LoadedModel extends ServableVersion, AutoCloseable {

  /** The requests that it brought along to be warmed up with. */
  default RecordedRequests recordedRequests() {
    return RecordedRequests.NONE;
  }

  /**
   * Gives its memory back. To be called once, when no run is active and none will follow, on a
   * thread that is never interrupted.
   */
  @Override
  void close();
}
