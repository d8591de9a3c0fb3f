package io.penstock.model.loading;

import io.penstock.model.DeclaredSignature;
import io.penstock.model.ServableVersion;
import io.penstock.model.fitness.RecordedRequests;
import java.util.List;

/** A loaded version together with the native memory it takes, which somebody has to give back. */
public interface LoadedModel extends ServableVersion, AutoCloseable {

  /** The requests that it brought along to be warmed up with. */
  default RecordedRequests recordedRequests() {
    return RecordedRequests.NONE;
  }

  /** Its signatures, as the model declares them; those too that cannot be served. */
  default List<DeclaredSignature> declaredSignatures() {
    return List.of();
  }

  /**
   * Gives its memory back. To be called once, when no run is active and none will follow, on a
   * thread that is never interrupted.
   */
  @Override
  void close();
}
