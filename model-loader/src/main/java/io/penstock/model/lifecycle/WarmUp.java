package io.penstock.model.lifecycle;

import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.HalfPrecision;
import io.penstock.model.ModelException;
import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableVersion;
import io.penstock.model.TensorSpec;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a loaded version on synthetic batches before anybody leases it, for two reasons: the first
 * runs are slow by orders of magnitude, and only a run shows whether the variables are there.
 * Inputs are all zero, then all one; strings are empty. Batches have the sizes that will be run;
 * open dimensions are 1 and 8.
 *
 * <p>A model may well refuse invented data (an empty string is no JPEG), so that is a warning. It
 * fails the version if nothing but numbers of fixed size was offered and all of it was refused.
 */
final class WarmUp {

  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  /** The first run costs hundreds of milliseconds, the fifth what the later ones cost. */
  private static final int RUNS = 6;

  private static final int[] OPEN_LENGTHS = {1, 8};

  private final ServableVersion version;
  private final ModelSignature signature;
  private final Rows inputs;
  private final Rows outputs;
  private int completed;
  private @Nullable ModelRunException rejection;

  private WarmUp(ServableVersion version, ModelSignature signature) {
    this.version = version;
    this.signature = signature;
    this.inputs = Rows.of(signature.inputs());
    this.outputs = Rows.of(signature.outputs());
  }

  /**
   * Warms a version up.
   *
   * @throws ModelException if it cannot serve one of the signatures
   */
  static void run(ServableVersion version, Set<String> signatures, Set<Integer> sizes) {
    for (String name : signatures) {
      ModelSignature signature =
          version
              .signature(name)
              .orElseThrow(
                  () ->
                      new ModelException(
                          "%s has no signature %s (expected: one of %s)"
                              .formatted(version.id(), name, version.signatures())));
      new WarmUp(version, signature).run(sizes);
    }
  }

  private void run(Set<Integer> sizes) {
    OptionalInt only = signature.batchSize();
    SortedSet<Integer> ascending =
        new TreeSet<>(only.isPresent() ? Set.of(only.getAsInt()) : sizes);
    int[] lengths = signature.hasFixedSizeInputs() ? new int[] {1} : OPEN_LENGTHS;
    for (int rows : ascending) {
      for (int length : lengths) {
        for (int run = 0; run < RUNS; run++) {
          runOnce(rows, length, run % 2);
        }
      }
    }
    checkFinite(ascending.last());
    judgeRejections();
  }

  private void runOnce(int rows, int openLength, int value) {
    for (int i = 0; i < signature.inputs().size(); i++) {
      fill(inputs.column(i), signature.inputs().get(i), rows, openLength, value);
    }
    try {
      version.run(signature, inputs, rows, outputs);
      completed++;
    } catch (ModelRunException e) {
      if (e.blame() != ModelRunException.Blame.INPUT) {
        throw new ModelException(
            ("%s loaded, but its first runs failed: %s. Copy it again if variables are missing, or"
                    + " export it again.")
                .formatted(version.id(), e.getMessage()),
            e);
      }
      rejection = e;
    }
  }

  private void judgeRejections() {
    if (rejection == null) {
      return;
    }
    boolean fair =
        signature.hasFixedSizeInputs()
            && signature.inputs().stream().noneMatch(spec -> spec.dtype() == DType.STRING);
    if (completed == 0 && fair) {
      throw new ModelException(
          "%s loaded, but refused every batch of its warm-up: %s"
              .formatted(version.id(), rejection.getMessage()),
          rejection);
    }
    LOG.warn(
        "{} refused synthetic batches of its warm-up ({} others ran), so its first real batches may"
            + " be slow: {}",
        version.id(),
        completed,
        rejection.getMessage());
  }

  private void checkFinite(int rows) {
    if (completed == 0) {
      return;
    }
    for (int i = 0; i < signature.outputs().size(); i++) {
      TensorSpec spec = signature.outputs().get(i);
      if (outputs.column(i) instanceof NumericColumn column
          && !isFinite(column, Math.min(rows, column.capacityRows()) * column.rowElements())) {
        LOG.warn(
            "{}: output {} of signature {} is not finite for synthetic input. Check the model if"
                + " its real predictions are not either.",
            version.id(),
            spec,
            signature.name());
      }
    }
  }

  private static boolean isFinite(NumericColumn column, int elements) {
    IntStream offsets =
        IntStream.range(0, elements).map(element -> element * column.dtype().widthBytes());
    return switch (column.dtype()) {
      case FLOAT32 -> offsets.allMatch(offset -> Float.isFinite(column.floatAt(offset)));
      case FLOAT64 -> offsets.allMatch(offset -> Double.isFinite(column.doubleAt(offset)));
      case FLOAT16 ->
          offsets.allMatch(o -> Float.isFinite(HalfPrecision.fromFloat16(column.shortAt(o))));
      case BFLOAT16 ->
          offsets.allMatch(o -> Float.isFinite(HalfPrecision.fromBfloat16(column.shortAt(o))));
      default -> true;
    };
  }

  private static void fill(Column column, TensorSpec spec, int rows, int openLength, int value) {
    int[] shape =
        spec.rowShape().stream()
            .mapToInt(dimension -> dimension < 0 ? openLength : Math.toIntExact(dimension))
            .toArray();
    column.reshape(shape, rows);
    if (column instanceof NumericColumn numbers) {
      byte[] element = value == 0 ? new byte[spec.dtype().widthBytes()] : one(spec.dtype());
      byte[] bytes = numbers.bytes();
      for (int i = 0; i < rows * numbers.rowBytes(); i++) {
        bytes[i] = element[i % element.length];
      }
    }
  }

  /** The number 1, little-endian. */
  private static byte[] one(DType dtype) {
    byte[] bytes = new byte[dtype.widthBytes()];
    switch (dtype) {
      case FLOAT16 -> bytes[1] = 0x3C;
      case BFLOAT16, FLOAT32 -> putHighBytes(bytes, 0x3F, 0x80);
      case FLOAT64 -> putHighBytes(bytes, 0x3F, 0xF0);
      default -> bytes[0] = 1;
    }
    return bytes;
  }

  private static void putHighBytes(byte[] bytes, int highest, int next) {
    bytes[bytes.length - 1] = (byte) highest;
    bytes[bytes.length - 2] = (byte) next;
  }
}
