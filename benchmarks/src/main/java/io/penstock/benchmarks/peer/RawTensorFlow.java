package io.penstock.benchmarks.peer;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * The bound of what TensorFlow can reach on one thread: the same rows over and over, without Kafka.
 * Ends by itself, with what it has measured as a last line: {@link #RESULT}, rows per second and
 * microseconds of processor time a row.
 *
 * <p>Arguments: {@code model}, the folder of a SavedModel; {@code batch}, rows of a run; {@code
 * seconds}, as long as it warms up first and then measures.
 */
public final class RawTensorFlow {

  /** What the line with the result starts with. */
  public static final String RESULT = "result ";

  private static final int SEED = 42;

  private RawTensorFlow() {}

  public static void main(String[] args) {
    PeerArguments arguments = PeerArguments.parse(args);
    int batch = arguments.number("batch");
    SingleInputModel model = new SingleInputModel(Path.of(arguments.text("model")), batch);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int row = 0; row < batch; row++) {
      float[] values = new float[model.inputFloats()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble();
      }
      model.put(row, values);
    }
    long nanos = arguments.number("seconds") * 1_000_000_000L;
    runs(model, batch, nanos);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long cpu = threads.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    double rows = (double) batch * runs(model, batch, nanos);
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpuMicros = (threads.getCurrentThreadCpuTime() - cpu) / 1e3;
    System.out.println(RESULT + rows / seconds + " " + cpuMicros / rows);
  }

  private static long runs(SingleInputModel model, int batch, long nanos) {
    long end = System.nanoTime() + nanos;
    long runs = 0;
    while (System.nanoTime() < end) {
      model.run(batch);
      runs++;
    }
    return runs;
  }
}
