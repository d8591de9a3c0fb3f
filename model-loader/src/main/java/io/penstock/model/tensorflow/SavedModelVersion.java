package io.penstock.model.tensorflow;

import io.penstock.model.Column;
import io.penstock.model.DeclaredSignature;
import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.TensorSpec;
import io.penstock.model.fitness.RecordedRequests;
import io.penstock.model.loading.LoadedModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * A loaded SavedModel. Thread-safe: sessions run side by side, and every run has its own tensors.
 *
 * <p>TensorFlow takes inputs of a wrong batch size, empty batches and unknown inputs without a
 * word, so everything is checked here before it sees them.
 */
final class SavedModelVersion implements LoadedModel {

  private final ServableId id;
  private final Path directory;
  private final String fingerprint;
  private final Map<String, BoundSignature> signatures;
  private final List<DeclaredSignature> declared;
  private final OpenModel model;
  private final RecordedRequests recordedRequests;

  SavedModelVersion(
      ServableId id,
      Path directory,
      String fingerprint,
      Map<String, BoundSignature> signatures,
      List<DeclaredSignature> declared,
      OpenModel model,
      RecordedRequests recordedRequests) {
    this.id = id;
    this.directory = directory;
    this.fingerprint = fingerprint;
    this.signatures = signatures;
    this.declared = declared;
    this.model = model;
    this.recordedRequests = recordedRequests;
  }

  @Override
  public ServableId id() {
    return id;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public Optional<Path> directory() {
    return Optional.of(directory);
  }

  @Override
  public Set<String> signatures() {
    return Collections.unmodifiableSet(signatures.keySet());
  }

  @Override
  public Optional<ModelSignature> signature(String name) {
    return Optional.ofNullable(signatures.get(name)).map(BoundSignature::signature);
  }

  @Override
  public List<DeclaredSignature> declaredSignatures() {
    return declared;
  }

  @Override
  public boolean changesState(ModelSignature signature) {
    BoundSignature bound = signatures.get(signature.name());
    return bound != null && bound.writes();
  }

  @Override
  public RecordedRequests recordedRequests() {
    return recordedRequests;
  }

  @Override
  public void run(ModelSignature signature, Rows inputs, int rows, Rows outputs) {
    BoundSignature bound = signatures.get(signature.name());
    if (bound == null || !bound.signature().equals(signature)) {
      throw new ModelRunException(
          "%s: signature %s is not its own (expected: one of %s)"
              .formatted(id, signature, signatures.keySet()));
    }
    checkInputs(signature.inputs(), inputs, rows);
    checkColumns("output", signature.outputs(), outputs);
    try {
      run(bound, inputs, rows, outputs);
    } catch (ModelRunException e) {
      throw new ModelRunException(where(signature, rows) + e.getMessage(), e);
    } catch (TensorFlowException | IllegalStateException | IllegalArgumentException e) {
      throw new ModelRunException(where(signature, rows) + LoadFailure.firstLine(e), e, blame(e));
    }
  }

  static ModelRunException.Blame blame(RuntimeException failure) {
    if (failure instanceof TFInvalidArgumentException) {
      return ModelRunException.Blame.INPUT;
    }
    return failure instanceof TFResourceExhaustedException
        ? ModelRunException.Blame.MEMORY
        : ModelRunException.Blame.MODEL;
  }

  private void run(BoundSignature bound, Rows inputs, int rows, Rows outputs) {
    Session.Runner runner = bound.runner(model.session());
    Tensor[] tensors = new Tensor[bound.inputs().size()];
    try {
      for (int i = 0; i < tensors.length; i++) {
        tensors[i] = TensorCopy.toTensor(inputs.column(i), rows, bound.scalar());
        runner.feed(bound.inputs().get(i), tensors[i]);
      }
      try (Result result = runner.run()) {
        List<TensorSpec> specs = bound.signature().outputs();
        for (int i = 0; i < specs.size(); i++) {
          Tensor tensor = result.get(bound.fetchOfOutput().get(i));
          TensorCopy.toColumn(tensor, specs.get(i), rows, bound.scalar(), outputs.column(i));
        }
      }
    } finally {
      for (Tensor tensor : tensors) {
        if (tensor != null) {
          tensor.close();
        }
      }
    }
  }

  private void checkInputs(List<TensorSpec> specs, Rows inputs, int rows) {
    if (rows < 1) {
      throw new ModelRunException(id + ": rows: " + rows + " (expected: 1 or more)");
    }
    checkColumns("input", specs, inputs);
    for (int i = 0; i < specs.size(); i++) {
      TensorSpec spec = specs.get(i);
      Column column = inputs.column(i);
      long[] shape = TensorCopy.shape(column.rowShape(), rows);
      if (!TensorCopy.fits(shape, spec.shape())) {
        throw new ModelRunException(
            "%s: input %s: shape %s (expected: as the signature says)"
                .formatted(id, spec, Arrays.toString(shape)));
      }
      if (column.capacityRows() < rows) {
        throw new ModelRunException(
            "%s: input %s: %d rows (expected: %d or more)"
                .formatted(id, spec, column.capacityRows(), rows));
      }
    }
  }

  private void checkColumns(String kind, List<TensorSpec> specs, Rows rows) {
    if (rows.columns().size() != specs.size()) {
      throw new ModelRunException(
          "%s: %d %s columns (expected: %d)"
              .formatted(id, rows.columns().size(), kind, specs.size()));
    }
    for (int i = 0; i < specs.size(); i++) {
      if (rows.column(i).dtype() != specs.get(i).dtype()) {
        throw new ModelRunException(
            "%s: %s %s: column of dtype %s"
                .formatted(id, kind, specs.get(i), rows.column(i).dtype()));
      }
    }
  }

  private String where(ModelSignature signature, int rows) {
    return "%s, signature %s, batch of %d: ".formatted(id, signature.name(), rows);
  }

  @Override
  public void close() {
    model.close();
  }
}
