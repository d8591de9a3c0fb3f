package io.penstock.requests;

import io.penstock.model.DType;
import io.penstock.model.Lease;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.TensorSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A model, and its only version, that answers each number with thousands of floats. */
final class WideModel implements RequestModel, ServableVersion {

  /** Floats of a row. */
  static final int WIDTH = 10_000;

  private final AtomicInteger runs = new AtomicInteger();
  private final ModelSignature signature;

  /**
   * @param declared the width that its signature tells, -1 for none
   */
  WideModel(long declared) {
    this.signature =
        new ModelSignature(
            ModelSpec.DEFAULT_SIGNATURE,
            List.of(new TensorSpec("x", DType.INT64, List.of(-1L))),
            List.of(new TensorSpec("y", DType.FLOAT32, List.of(-1L, declared))));
  }

  int runs() {
    return runs.get();
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public long active() {
    return 1;
  }

  @Override
  public Optional<Long> labelled(String label) {
    return Optional.empty();
  }

  @Override
  public Optional<Lease> acquire(long version) {
    return Optional.of(new Held(this));
  }

  private record Held(ServableVersion version) implements Lease {
    @Override
    public void close() {}
  }

  @Override
  public ServableId id() {
    return new ServableId(name(), 1);
  }

  @Override
  public String fingerprint() {
    return "f1";
  }

  @Override
  public Set<String> signatures() {
    return Set.of(signature.name());
  }

  @Override
  public Optional<ModelSignature> signature(String name) {
    return Optional.of(signature);
  }

  @Override
  public void run(ModelSignature asked, Rows inputs, int rows, Rows outputs) {
    runs.incrementAndGet();
    ((NumericColumn) outputs.column(0)).reshape(new int[] {WIDTH}, rows);
  }
}
