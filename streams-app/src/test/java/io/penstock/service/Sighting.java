package io.penstock.service;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * A prediction as somebody got it.
 *
 * @param by how it was asked for
 * @param features which of several, by number
 * @param at when it was there, in milliseconds
 */
record Sighting(String by, int features, long version, long at, List<Float> probabilities) {

  /**
   * How long its version had been left for another when it was there, in milliseconds: 0 if it
   * served.
   *
   * @param activations which version became active when
   */
  long lateness(NavigableMap<Long, Long> activations) {
    long left = at;
    for (Map.Entry<Long, Long> active : activations.headMap(at, true).descendingMap().entrySet()) {
      if (active.getValue() == version) {
        return at - left;
      }
      left = active.getKey();
    }
    throw new AssertionError(this + " is of a version that never served: " + activations);
  }
}
