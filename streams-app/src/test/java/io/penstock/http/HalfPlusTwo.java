package io.penstock.http;

import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.Lease;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * TensorFlow Serving's {@code half_plus_two} without TensorFlow, version 123; and signatures of
 * other kinds: {@code echo} gives back what it gets, {@code lengths} takes strings.
 */
final class HalfPlusTwo implements RequestModel, ServableVersion {

  static final ModelSignature DEFAULT =
      new ModelSignature(
          "serving_default",
          List.of(new TensorSpec("x", DType.FLOAT32, List.of(-1L, 1L))),
          List.of(new TensorSpec("y", DType.FLOAT32, List.of(-1L, 1L))));

  static final ModelSignature ECHO =
      new ModelSignature(
          "echo",
          List.of(
              new TensorSpec("flags", DType.BOOL, List.of(-1L)),
              new TensorSpec("ids", DType.INT64, List.of(-1L, 2L)),
              new TensorSpec("image_bytes", DType.STRING, List.of(-1L)),
              new TensorSpec("values", DType.FLOAT64, List.of(-1L, -1L))),
          List.of(
              new TensorSpec("flags", DType.BOOL, List.of(-1L)),
              new TensorSpec("ids", DType.INT64, List.of(-1L, 2L)),
              new TensorSpec("image_bytes", DType.STRING, List.of(-1L)),
              new TensorSpec("values", DType.FLOAT64, List.of(-1L, -1L))));

  /** Of serialized examples: how many bytes each has. */
  static final ModelSignature REGRESS =
      new ModelSignature(
          "regress",
          List.of(new TensorSpec("inputs", DType.STRING, List.of(-1L))),
          List.of(new TensorSpec("outputs", DType.FLOAT32, List.of(-1L, 1L))));

  /** The same as scores of two classes. */
  static final ModelSignature CLASSIFY =
      new ModelSignature(
          "classify",
          List.of(new TensorSpec("inputs", DType.STRING, List.of(-1L))),
          List.of(
              new TensorSpec("classes", DType.STRING, List.of(-1L, 2L)),
              new TensorSpec("scores", DType.FLOAT32, List.of(-1L, 2L))));

  private static final Map<String, ModelSignature> SIGNATURES =
      new TreeMap<>(
          Map.of(
              "serving_default", DEFAULT, "echo", ECHO, "regress", REGRESS, "classify", CLASSIFY));

  @Override
  public String name() {
    return "half_plus_two";
  }

  @Override
  public long active() {
    return 123;
  }

  @Override
  public Optional<Long> labelled(String label) {
    if (label.equals("unknown")) {
      throw RefusedRequestException.unavailable("cut off");
    }
    return Optional.of(123L).filter(version -> label.equals("stable"));
  }

  @Override
  public Optional<Lease> acquire(long version) {
    return version == 123 ? Optional.of(new Held(this)) : Optional.empty();
  }

  private record Held(ServableVersion version) implements Lease {
    @Override
    public void close() {}
  }

  @Override
  public ServableId id() {
    return new ServableId(name(), 123);
  }

  @Override
  public String fingerprint() {
    return "5c1f0a";
  }

  @Override
  public Set<String> signatures() {
    return SIGNATURES.keySet();
  }

  @Override
  public Optional<ModelSignature> signature(String name) {
    return Optional.ofNullable(SIGNATURES.get(name));
  }

  @Override
  public void run(ModelSignature signature, Rows inputs, int rows, Rows outputs) {
    if (signature.equals(ECHO)) {
      outputs.reshapeLike(inputs, rows);
      for (int row = 0; row < rows; row++) {
        inputs.copyRow(row, outputs, row);
      }
    } else if (signature.equals(DEFAULT)) {
      NumericColumn x = (NumericColumn) inputs.column(0);
      NumericColumn y = (NumericColumn) outputs.column(0);
      y.reshape(new int[] {1}, rows);
      for (int row = 0; row < rows; row++) {
        y.putFloat(y.offset(row, 0), x.floatAt(x.offset(row, 0)) / 2 + 2);
      }
    } else if (signature.equals(REGRESS)) {
      scores(inputs, rows, outputs.column(0), 1);
    } else {
      scores(inputs, rows, outputs.column(1), 2);
      StringColumn classes = (StringColumn) outputs.column(0);
      classes.reshape(new int[] {2}, rows);
      for (int row = 0; row < rows; row++) {
        classes.set(row, 0, new byte[] {'a'});
        classes.set(row, 1, new byte[] {'b'});
      }
    }
  }

  private static void scores(Rows inputs, int rows, Column to, int elements) {
    NumericColumn scores = (NumericColumn) to;
    scores.reshape(new int[] {elements}, rows);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < elements; i++) {
        scores.putFloat(
            scores.offset(row, i), ((StringColumn) inputs.column(0)).get(row, 0).length + i);
      }
    }
  }
}
