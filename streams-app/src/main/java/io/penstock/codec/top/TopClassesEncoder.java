package io.penstock.codec.top;

import io.penstock.codec.CopyTarget;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.PredictionEncoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.HalfPrecision;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a row of outputs of which one has been exchanged for its best classes. Classes of equal
 * scores stand in their order, as {@code tf.math.top_k} has them; NaN is below every number.
 * Thread-safe.
 */
final class TopClassesEncoder implements PredictionEncoder {

  private static final int EXCHANGED = -1;

  private final PredictionEncoder encoder;
  private final List<TensorSpec> shown;
  private final int[] sources;
  private final int scored;
  private final int count;
  private final @Nullable List<byte[]> labels;

  /**
   * An encoder around another one.
   *
   * @param outputs of the signature
   * @param shown what {@code encoder} takes, sorted as its columns are
   * @param labels of all classes, if they have any
   */
  TopClassesEncoder(
      PredictionEncoder encoder,
      List<TensorSpec> outputs,
      List<TensorSpec> shown,
      TopClasses top,
      @Nullable List<byte[]> labels) {
    List<String> names = outputs.stream().map(TensorSpec::name).toList();
    this.encoder = encoder;
    this.shown = shown;
    this.scored = names.indexOf(top.output());
    this.sources =
        shown.stream()
            .map(TensorSpec::name)
            .mapToInt(name -> isExchanged(name) ? EXCHANGED : names.indexOf(name))
            .toArray();
    this.count = top.count();
    this.labels = labels;
  }

  private static boolean isExchanged(String name) {
    return name.equals(TopClasses.CLASSES) || name.equals(TopClasses.SCORES);
  }

  @Override
  public byte[] encode(Rows outputs, int row) {
    return encoder.encode(exchange(outputs, row), 0);
  }

  @Override
  public byte[] encode(Rows outputs, int row, byte[] copied) {
    return encoder.encode(exchange(outputs, row), 0, copied);
  }

  @Override
  public Optional<CopyTarget> copyTarget() {
    return encoder.copyTarget();
  }

  /** One row of what is shown. */
  private Rows exchange(Rows outputs, int row) {
    NumericColumn scores = (NumericColumn) outputs.column(scored);
    int[] best = best(scores, row);
    Rows one = Rows.of(shown);
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] != EXCHANGED) {
        one.column(i).reshape(outputs.column(sources[i]).rowShape(), 1);
        outputs.column(sources[i]).copyRow(row, one.column(i), 0);
      } else {
        one.column(i).reshape(new int[] {best.length}, 1);
        if (shown.get(i).name().equals(TopClasses.SCORES)) {
          copyScores(scores, row, best, (NumericColumn) one.column(i));
        } else {
          nameClasses(best, one, i);
        }
      }
    }
    return one;
  }

  private int[] best(NumericColumn scores, int row) {
    int classes = scores.rowElements();
    int[] best = new int[Math.min(count, classes)];
    int found = 0;
    for (int next = 0; next < classes; next++) {
      int place = found;
      while (place > 0 && isBelow(scores, row, best[place - 1], next)) {
        place--;
      }
      if (place < best.length) {
        found = Math.min(found + 1, best.length);
        System.arraycopy(best, place, best, place + 1, found - place - 1);
        best[place] = next;
      }
    }
    return best;
  }

  private static boolean isBelow(NumericColumn scores, int row, int one, int other) {
    double score = score(scores, row, one);
    double otherScore = score(scores, row, other);
    return score < otherScore || (Double.isNaN(score) && !Double.isNaN(otherScore));
  }

  private static double score(NumericColumn scores, int row, int element) {
    int offset = scores.offset(row, element);
    return switch (scores.dtype()) {
      case FLOAT16 -> HalfPrecision.fromFloat16(scores.shortAt(offset));
      case BFLOAT16 -> HalfPrecision.fromBfloat16(scores.shortAt(offset));
      case FLOAT32 -> scores.floatAt(offset);
      default -> scores.doubleAt(offset);
    };
  }

  private static void copyScores(NumericColumn from, int row, int[] best, NumericColumn to) {
    int width = from.dtype().widthBytes();
    for (int i = 0; i < best.length; i++) {
      System.arraycopy(from.bytes(), from.offset(row, best[i]), to.bytes(), i * width, width);
    }
  }

  private void nameClasses(int[] best, Rows one, int column) {
    if (labels == null) {
      NumericColumn indices = (NumericColumn) one.column(column);
      for (int i = 0; i < best.length; i++) {
        indices.putInt(i * Integer.BYTES, best[i]);
      }
      return;
    }
    StringColumn names = (StringColumn) one.column(column);
    for (int i = 0; i < best.length; i++) {
      if (best[i] >= labels.size()) {
        throw new UndecodableRecordException(
            DeadLetterReason.UNENCODABLE,
            "class %d has no label (expected: fewer than %d classes, as output.top-classes.labels has lines)"
                .formatted(best[i], labels.size() + 1));
      }
      names.set(0, i, labels.get(best[i]));
    }
  }
}
