package io.penstock.model.fitness;

import io.penstock.model.ModelException;
import java.util.function.Consumer;

/** The requests that a version brings along to be warmed up with. */
@FunctionalInterface
public interface RecordedRequests {

  /** No requests. */
  RecordedRequests NONE = consumer -> {};

  /**
   * Hands over every request, in the order of the recording, one at a time: there may be more than
   * fit into memory.
   *
   * @throws ModelException if the recording cannot be read or does not fit the version
   */
  void forEach(Consumer<RecordedRequest> consumer);
}
