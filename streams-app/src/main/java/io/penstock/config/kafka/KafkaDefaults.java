package io.penstock.config.kafka;

import java.util.List;

/** Penstock's own defaults where Kafka's do not suit micro-batches; a user's key wins. */
public final class KafkaDefaults {

  /**
   * A default.
   *
   * @param key Kafka's, without prefix, so that a user's wins with or without one
   * @param exactlyOnce the value under {@code exactly_once_v2}
   * @param atLeastOnce the value under {@code at_least_once}
   * @param why for the configuration reference
   */
  public record Default(String key, String exactlyOnce, String atLeastOnce, String why) {

    /** The value under a guarantee. */
    public String value(boolean isExactlyOnce) {
      return isExactlyOnce ? exactlyOnce : atLeastOnce;
    }
  }

  private static final List<Default> ALL =
      List.of(
          new Default(
              "commit.interval.ms",
              "100",
              "1000",
              "Under `exactly_once_v2` it is the latency that readers see. Under `at_least_once` outcomes"
                  + " are seen at once, and it is what a crash computes again."),
          alike(
              "transaction.timeout.ms",
              "10000",
              "As Streams has it. Readers wait for so long at most after a crash. Three quarters of it is"
                  + " what a commit may wait for the model, so a slow model needs more."),
          alike(
              "max.poll.records",
              "2000",
              "A poll that is twice what Streams buffers of a partition keeps the thread busy."),
          alike(
              "max.partition.fetch.bytes",
              "4194304",
              "Records of kilobytes come in few large answers while a backlog drains;"
                  + " `fetch.max.bytes` (50 MB) still bounds all partitions together."),
          alike(
              "receive.buffer.bytes",
              "1048576",
              "Large answers need a window of their size; Kafka's 64 KB are for small ones."),
          alike("linger.ms", "0", "No outcome waits for others: see the next line."),
          alike(
              "max.in.flight.requests.per.connection",
              "1",
              "While one request is on its way the next gathers what comes. That makes large requests"
                  + " of many outcomes, and delays a lone one by nothing."),
          alike("batch.size", "131072", "Room for what gathers meanwhile, for each partition."),
          alike("buffer.memory", "67108864", "Twice Kafka's, for the larger batches."));

  private KafkaDefaults() {}

  private static Default alike(String key, String value, String why) {
    return new Default(key, value, value, why);
  }

  /** All of them, in the order in which they are documented. */
  public static List<Default> all() {
    return ALL;
  }
}
