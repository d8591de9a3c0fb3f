package io.penstock.model.lifecycle;

import io.penstock.model.DType;
import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.TensorSpec;
import io.penstock.model.loading.LoadedModel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A model without TensorFlow: y = x or some function of it, unless a run is told to fail.
 * Thread-safe.
 */
public final class FakeModel implements LoadedModel {

  public static final ModelSignature SIGNATURE = signature(List.of(-1L, 2L));

  private final ServableId id;
  private final ModelSignature signature;
  private final IntFunction<@Nullable ModelRunException> failureOfRun;
  private final UnaryOperator<Float> function;
  private final AtomicInteger runs = new AtomicInteger();
  private final Set<Integer> sizes = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();

  public FakeModel(ServableId id) {
    this(id, SIGNATURE, run -> null);
  }

  public FakeModel(
      ServableId id,
      ModelSignature signature,
      IntFunction<@Nullable ModelRunException> failureOfRun) {
    this(id, signature, failureOfRun, UnaryOperator.identity());
  }

  public FakeModel(
      ServableId id,
      ModelSignature signature,
      IntFunction<@Nullable ModelRunException> failureOfRun,
      UnaryOperator<Float> function) {
    this.id = id;
    this.signature = signature;
    this.failureOfRun = failureOfRun;
    this.function = function;
  }

  public static ModelSignature signature(List<Long> inputShape) {
    return new ModelSignature(
        ModelSettings.DEFAULT_SIGNATURE,
        List.of(new TensorSpec("x", DType.FLOAT32, inputShape)),
        List.of(new TensorSpec("y", DType.FLOAT32, inputShape)));
  }

  public int runs() {
    return runs.get();
  }

  /** How many rows its runs had. */
  public Set<Integer> sizes() {
    return sizes;
  }

  public boolean isClosed() {
    return closed.get();
  }

  @Override
  public ServableId id() {
    return id;
  }

  @Override
  public String fingerprint() {
    return "%016x".formatted(id.version());
  }

  @Override
  public Set<String> signatures() {
    return Set.of(signature.name());
  }

  @Override
  public Optional<ModelSignature> signature(String name) {
    return Optional.of(signature).filter(s -> s.name().equals(name));
  }

  @Override
  public void run(ModelSignature ran, Rows inputs, int rows, Rows outputs) {
    if (closed.get()) {
      throw new IllegalStateException(id + " ran after it was closed");
    }
    sizes.add(rows);
    ModelRunException failure = failureOfRun.apply(runs.getAndIncrement());
    if (failure != null) {
      throw failure;
    }
    NumericColumn x = (NumericColumn) inputs.column(0);
    NumericColumn y = (NumericColumn) outputs.column(0);
    y.reshape(x.rowShape(), rows);
    for (int i = 0; i < rows * x.rowElements(); i++) {
      y.putFloat(i * Float.BYTES, function.apply(x.floatAt(i * Float.BYTES)));
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      throw new IllegalStateException(id + " was closed twice");
    }
  }
}
