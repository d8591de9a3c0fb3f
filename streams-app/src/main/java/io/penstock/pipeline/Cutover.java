package io.penstock.pipeline;

import java.util.OptionalLong;

/**
 * The version that computes a partition's records changed at an offset.
 *
 * @param offset the first input record that {@code to} computes
 * @param from the version before; empty for the first record after an assignment
 * @param epoch of the decision that activated {@code to}
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
    long time) {

  /** Writes cutovers for the audit topic. Thread-safe. */
  @FunctionalInterface
  public interface Encoder {
    byte[] encode(Cutover cutover);
  }
}
