package io.penstock.service;

import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.TensorSpec;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.loading.LoadedModel;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A loaded version without TensorFlow: one number in, by a name of the test's choice; one out. */
record FakeVersion(ServableId id, String inputName, String fingerprint) implements LoadedModel {

  @Override
  public Set<String> signatures() {
    return Set.of(ModelSettings.DEFAULT_SIGNATURE);
  }

  @Override
  public Optional<ModelSignature> signature(String name) {
    return Optional.of(
            new ModelSignature(
                ModelSettings.DEFAULT_SIGNATURE,
                List.of(new TensorSpec(inputName, DType.INT64, List.of(-1L))),
                List.of(new TensorSpec("y", DType.INT64, List.of(-1L)))))
        .filter(signature -> signature.name().equals(name));
  }

  @Override
  public void run(ModelSignature signature, Rows inputs, int rows, Rows outputs) {
    outputs.column(0).reshape(new int[0], rows);
  }

  @Override
  public void close() {}
}
