package io.penstock.benchmarks.micro;

import static java.util.Objects.requireNonNull;

import io.penstock.batching.Batch;
import io.penstock.batching.BatchLimits;
import io.penstock.batching.Batcher;
import io.penstock.batching.Deadlines;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.Inference;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.plan.BatchPlan;
import io.penstock.codec.InputRecord;
import io.penstock.model.BatchSizes;
import io.penstock.model.ServableId;
import io.penstock.model.lifecycle.ModelRuntime;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A batch of images through the batcher: decoded, sealed, finished at once on the same thread,
 * collected, read. What is measured is what batching costs a row, its decoding included.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandOffBenchmark {

  static final int ROWS = 128;

  /** As large as one of ten floats. */
  static final byte[] PREDICTION = new byte[47];

  private static final int IN_FLIGHT_ROWS = 4096;
  private static final long IN_FLIGHT_BYTES = 64 << 20;
  private static final Duration LINGER = Duration.ofMillis(5);

  private final InputRecord record = Images.record(Images.framed());
  private final ModelRuntime runtime = ImageModel.serve();
  private final VersionBinding binding = binding(runtime);
  private final Batcher batcher =
      new Batcher(
          new BatchLimits(ROWS, LINGER, IN_FLIGHT_ROWS, IN_FLIGHT_BYTES),
          InFlightBudget.unlimited(),
          HandOffBenchmark::finish,
          System::nanoTime,
          reason -> {});

  /** The model, bound as a pipeline would. */
  static VersionBinding binding(ModelRuntime runtime) {
    ServableId id = new ServableId(runtime.name(), ImageModel.VERSION);
    Inference.Terms terms =
        new Inference.Terms(
            "images",
            1,
            BatchSizes.upTo(ROWS),
            Long.MAX_VALUE,
            Inference.NonFinite.PASS,
            BatchPlan.fixed(ROWS, LINGER),
            Deadlines.of(Duration.ofMinutes(1), "max.poll.interval.ms", Duration.ofSeconds(30)));
    return new VersionBinding(
        id,
        terms,
        "0000000000000000",
        Images.SIGNATURE,
        Images.inputs(),
        Images.outputs().encoder(new ImageModel(id), Images.SIGNATURE),
        () -> runtime.acquire(ImageModel.VERSION));
  }

  /** An inference thread that has nothing to compute. */
  static void finish(Batch batch) {
    for (int row = 0; row < batch.rows(); row++) {
      batch.predict(row, PREDICTION);
    }
    batch.complete();
  }

  /** What a stream thread does with the records of a full batch. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public byte[] fullBatch() {
    return batch(ROWS);
  }

  /** What it does where records come one by one. */
  @Benchmark
  public byte[] batchOfOne() {
    return batch(1);
  }

  private byte[] batch(int rows) {
    Batcher.Row last = requireNonNull(batcher.add(binding, record));
    for (int i = 1; i < rows; i++) {
      last = requireNonNull(batcher.add(binding, record));
    }
    batcher.sealAll();
    batcher.tick();
    byte[] prediction = last.batch().prediction(last.index());
    if (prediction == null) {
      throw new IllegalStateException("no prediction");
    }
    return prediction;
  }

  /** Unloads the model. */
  @TearDown
  public void close() {
    batcher.abandon();
    runtime.close();
  }
}
