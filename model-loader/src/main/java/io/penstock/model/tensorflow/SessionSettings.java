package io.penstock.model.tensorflow;

import org.tensorflow.proto.ConfigProto;

/**
 * How TensorFlow spreads a run over threads. A setting of the process, not of a model: the first
 * session fixes the pools of all.
 *
 * @param intraOpThreads threads within one operation; 0 lets TensorFlow choose
 * @param interOpThreads threads for operations of one run; −1 runs them on the calling thread,
 *     which lets callers run side by side instead of queueing for a pool; 0 lets TensorFlow choose
 */
public record SessionSettings(int intraOpThreads, int interOpThreads) {

  public SessionSettings {
    require(intraOpThreads >= 0, "intraOpThreads", intraOpThreads, "0 or more");
    require(interOpThreads >= -1, "interOpThreads", interOpThreads, "-1 or more");
  }

  /** One thread per run: the caller's own. */
  public static SessionSettings defaults() {
    return new SessionSettings(1, -1);
  }

  ConfigProto toProto() {
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(intraOpThreads)
        .setInterOpParallelismThreads(interOpThreads)
        .build();
  }

  private static void require(boolean holds, String name, int value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
