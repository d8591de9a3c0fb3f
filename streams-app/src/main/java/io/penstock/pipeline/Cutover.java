package io.penstock.pipeline;

import java.util.OptionalLong;

/**
 * The version that computes a partition's records changed at an offset, or the decision by which it
 * does.
 *
 * @param offset the first input record that {@code to} computes
 * @param from the version before, or the one that computes earlier records; empty for the first
 *     record after an assignment if there is no such one
 * @param epoch of the decision that activated {@code to}
 * @param effectiveFrom the first timestamp, in milliseconds since the epoch, that {@code to}
 *     computes, {@code from} computing earlier ones; empty if it computes all
 * @param refusedBefore the first timestamp, in milliseconds since the epoch, that is computed at
 *     all, records from before being stragglers that become dead letters; empty if none do
 * @param time the outcome's timestamp, milliseconds since the epoch
 */
public record Cutover(
    String pipeline,
    String model,
    String topic,
    int partition,
    long offset,
    OptionalLong from,
    long to,
    long epoch,
    OptionalLong effectiveFrom,
    OptionalLong refusedBefore,
    long time) {

  /** Writes cutovers for the audit topic. Thread-safe. */
  @FunctionalInterface
  public interface Encoder {
    byte[] encode(Cutover cutover);
  }
}
