package io.penstock.benchmarks.report;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What was read in one go.
 *
 * @param point which of several in a sweep, such as {@code 500/s}; empty where there is one only
 */
public record Reading(String point, Map<Metric, Double> metrics) {
  public Reading {
    Map<Metric, Double> copy = new EnumMap<>(Metric.class);
    copy.putAll(metrics);
    metrics = Collections.unmodifiableMap(copy);
  }
}
