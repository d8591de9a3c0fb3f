package io.penstock.faults;

import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.fitness.RecordedRequests;
import io.penstock.model.loading.LoadedModel;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A loaded version whose runs hang or fail first when {@link Faults} say so. Thread-safe. */
final class FaultyModel implements LoadedModel {

  private final LoadedModel model;
  private final Faults faults;

  FaultyModel(LoadedModel model, Faults faults) {
    this.model = model;
    this.faults = faults;
  }

  @Override
  public void run(ModelSignature signature, Rows inputs, int rows, Rows outputs) {
    hang(faults.takeHang());
    if (faults.takeFailingRun(id().version())) {
      throw new ModelRunException("injected: the run fails");
    }
    model.run(signature, inputs, rows, outputs);
  }

  /** As a native run: nothing cuts it. */
  private static void hang(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public ServableId id() {
    return model.id();
  }

  @Override
  public String fingerprint() {
    return model.fingerprint();
  }

  @Override
  public Set<String> signatures() {
    return model.signatures();
  }

  @Override
  public Optional<ModelSignature> signature(String name) {
    return model.signature(name);
  }

  @Override
  public boolean changesState(ModelSignature signature) {
    return model.changesState(signature);
  }

  @Override
  public RecordedRequests recordedRequests() {
    return model.recordedRequests();
  }

  @Override
  public void close() {
    model.close();
  }
}
