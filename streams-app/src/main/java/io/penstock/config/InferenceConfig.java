package io.penstock.config;

/**
 * What the models of this process share.
 *
 * @param threads how many batches run at the same time
 * @param intraOpThreads TensorFlow's intra-op parallelism, the same for every session of a process
 * @param interOpThreads TensorFlow's inter-op parallelism; −1 runs on the caller's own thread
 * @param nativeMemory how much native memory the loaded versions may take together
 */
public record InferenceConfig(
    int threads, int intraOpThreads, int interOpThreads, DataSize nativeMemory) {

  public static final Syntax<Integer> THREADS = Syntax.wholeNumber(1, 1024);
  public static final Syntax<Integer> INTRA_OP_THREADS = Syntax.wholeNumber(1, 1024);
  public static final Syntax<Integer> INTER_OP_THREADS = Syntax.wholeNumber(-1, 1024);

  public static final Syntax<DataSize> NATIVE_MEMORY =
      Syntax.dataSize(1 << 20).or("unlimited", DataSize.UNLIMITED);

  public InferenceConfig {
    THREADS.check("threads", threads);
    INTRA_OP_THREADS.check("intra-op-threads", intraOpThreads);
    INTER_OP_THREADS.check("inter-op-threads", interOpThreads);
    NATIVE_MEMORY.check("native-memory", nativeMemory);
  }
}
