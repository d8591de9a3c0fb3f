package io.penstock.benchmarks.micro;

import io.penstock.model.Lease;
import io.penstock.model.lifecycle.ModelRuntime;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A lease on an available version, acquired and given back: once per batch. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LeaseBenchmark {

  private final ModelRuntime runtime = ImageModel.serve();

  /** What a stream thread does when it opens a batch, and an inference thread when it is done. */
  @Benchmark
  public Lease acquireAndClose() {
    Lease lease = runtime.acquire(ImageModel.VERSION).orElseThrow();
    lease.close();
    return lease;
  }

  /** Unloads the model. */
  @TearDown
  public void close() {
    runtime.close();
  }
}
