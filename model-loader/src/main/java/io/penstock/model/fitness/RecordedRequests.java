package io.penstock.model.fitness;

import io.penstock.model.ModelException;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;

/** The requests that a version brings along to be warmed up with. */
@FunctionalInterface
public interface RecordedRequests {

  /** No requests. */
  RecordedRequests NONE = (signatures, consumer) -> Collections.emptySortedMap();

  /**
   * Hands over every request for some signatures, in the order of the recording, one at a time:
   * there may be more than fit into memory.
   *
   * @return what was passed over: how many of each kind, said in words
   * @throws ModelException if the recording cannot be read or does not fit the version
   */
  SortedMap<String, Integer> forEach(Set<String> signatures, Consumer<RecordedRequest> consumer);
}
