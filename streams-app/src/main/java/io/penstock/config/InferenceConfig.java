package io.penstock.config;

import java.time.Duration;

/**
 * What the models of this process share.
 *
 * @param threads how many batches run at the same time
 * @param maxInFlightRows the most records that wait for or are in a batch, over all pipelines
 * @param maxInFlight the most bytes of records that wait for or are in a batch, over all pipelines
 * @param intraOpThreads TensorFlow's intra-op parallelism, the same for every session of a process
 * @param interOpThreads TensorFlow's inter-op parallelism; −1 runs on the caller's own thread
 * @param runTimeout how long a model may take for one run
 * @param maxAbandonedThreads how many threads may be stuck in runs that took longer
 * @param loadThreads how many versions are loaded and warmed up at the same time
 * @param nativeMemory how much native memory the loaded versions may take together
 */
public record InferenceConfig(
    int threads,
    int maxInFlightRows,
    DataSize maxInFlight,
    int intraOpThreads,
    int interOpThreads,
    Duration runTimeout,
    int maxAbandonedThreads,
    int loadThreads,
    DataSize nativeMemory) {

  public static final Syntax<Integer> THREADS = Syntax.wholeNumber(1, 1024);
  public static final Syntax<Integer> MAX_IN_FLIGHT_ROWS = Syntax.wholeNumber(1, 100_000_000);
  public static final Syntax<DataSize> MAX_IN_FLIGHT_BYTES = Syntax.dataSize(1 << 20);
  public static final Syntax<Integer> INTRA_OP_THREADS = Syntax.wholeNumber(1, 1024);
  public static final Syntax<Integer> INTER_OP_THREADS = Syntax.wholeNumber(-1, 1024);

  public static final Syntax<Duration> RUN_TIMEOUT = Syntax.duration(Duration.ofMillis(100));
  public static final Syntax<Integer> MAX_ABANDONED_THREADS = Syntax.wholeNumber(0, 1024);

  public static final Syntax<Integer> LOAD_THREADS = Syntax.wholeNumber(1, 64);
  public static final Syntax<DataSize> NATIVE_MEMORY = Syntax.dataSizeOrUnlimited(1 << 20);

  public InferenceConfig {
    THREADS.check("threads", threads);
    MAX_IN_FLIGHT_ROWS.check("max-in-flight-rows", maxInFlightRows);
    MAX_IN_FLIGHT_BYTES.check("max-in-flight-bytes", maxInFlight);
    INTRA_OP_THREADS.check("intra-op-threads", intraOpThreads);
    INTER_OP_THREADS.check("inter-op-threads", interOpThreads);
    RUN_TIMEOUT.check("run-timeout", runTimeout);
    MAX_ABANDONED_THREADS.check("max-abandoned-threads", maxAbandonedThreads);
    LOAD_THREADS.check("load-threads", loadThreads);
    NATIVE_MEMORY.check("native-memory", nativeMemory);
  }
}
