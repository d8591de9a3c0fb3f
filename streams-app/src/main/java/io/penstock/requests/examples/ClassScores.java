package io.penstock.requests.examples;

import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import io.penstock.requests.Answer;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RefusedRequestException.Code;
import org.jspecify.annotations.Nullable;

/**
 * The classes of an answer's rows and their scores: its outputs {@code classes} and {@code scores},
 * of which one may be missing. Reads the answer, until that is closed.
 */
public final class ClassScores {

  private static final byte[] NO_LABEL = new byte[0];

  private final @Nullable StringColumn classes;
  private final @Nullable NumericColumn scores;
  private final int perRow;

  private ClassScores(@Nullable StringColumn classes, @Nullable NumericColumn scores, int perRow) {
    this.classes = classes;
    this.scores = scores;
    this.perRow = perRow;
  }

  /**
   * Those of an answer.
   *
   * @throws RefusedRequestException if the signature is none of a classification
   */
  public static ClassScores of(Answer answer) {
    ExampleOutputs outputs = new ExampleOutputs(answer);
    StringColumn classes = (StringColumn) outputs.column("classes", DType.STRING);
    NumericColumn scores = (NumericColumn) outputs.column("scores", DType.FLOAT32);
    Column known = classes == null ? scores : classes;
    if (known == null) {
      throw outputs.noMethod("classify", "classes: string[-1,-1], scores: float32[-1,-1], or both");
    }
    if (classes != null && scores != null && classes.rowElements() != scores.rowElements()) {
      throw new RefusedRequestException(
          Code.INTERNAL,
          "%s: %d classes and %d scores in a row (expected: as many)"
              .formatted(answer.version(), classes.rowElements(), scores.rowElements()));
    }
    return new ClassScores(classes, scores, known.rowElements());
  }

  /** Classes of each row. */
  public int perRow() {
    return perRow;
  }

  /** A class's label in UTF-8; empty where there are scores only. Not a copy. */
  public byte[] label(int row, int index) {
    return classes == null ? NO_LABEL : classes.get(row, index);
  }

  /** A class's score; 0 where there are classes only. */
  public float score(int row, int index) {
    return scores == null ? 0f : scores.floatAt(scores.offset(row, index));
  }
}
