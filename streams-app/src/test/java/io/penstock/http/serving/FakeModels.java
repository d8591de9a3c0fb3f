package io.penstock.http.serving;

import io.penstock.model.DeclaredSignature;
import io.penstock.model.DeclaredSignature.Tensor;
import io.penstock.model.ServableId;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.lifecycle.VersionStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code half_plus_two}, whose version 123 serves, and whose 124 could not be loaded. */
public final class FakeModels {

  private FakeModels() {}

  public static Optional<ModelView> model(String name) {
    return name.equals("half_plus_two") ? Optional.of(new HalfPlusTwo()) : Optional.empty();
  }

  private static final class HalfPlusTwo implements ModelView {

    @Override
    public SortedMap<Long, VersionStatus> versions() {
      return new TreeMap<>(
          Map.of(
              123L,
              status(123, VersionState.AVAILABLE, null),
              124L,
              status(124, VersionState.END, "no saved_model.pb")));
    }

    @Override
    public Optional<Long> active() {
      return Optional.of(123L);
    }

    @Override
    public Map<String, Long> labels() {
      return Map.of("stable", 123L, "canary", 124L);
    }

    @Override
    public Optional<List<DeclaredSignature>> signatures(long version) {
      return version == 123
          ? Optional.of(
              List.of(
                  new DeclaredSignature(
                      "serving_default",
                      "tensorflow/serving/predict",
                      List.of(new Tensor("x", "x:0", "DT_FLOAT", List.of(-1L, 1L))),
                      List.of(new Tensor("y", "y:0", "DT_FLOAT", null)))))
          : Optional.empty();
    }
  }

  private static VersionStatus status(long version, VersionState state, @Nullable String error) {
    return new VersionStatus(
        new ServableId("half_plus_two", version), state, Instant.EPOCH, Optional.ofNullable(error));
  }
}
