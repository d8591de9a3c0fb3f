package io.penstock.http.predict;

import com.fasterxml.jackson.core.JsonGenerator;
import io.penstock.codec.json.JsonElementWriter;
import io.penstock.http.exchange.JsonTexts;
import io.penstock.model.TensorSpec;
import io.penstock.requests.Answer;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.examples.ClassScores;
import io.penstock.requests.examples.RegressedValues;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * An answer in the formats of TensorFlow Serving's REST API. An output that is the only one is not
 * named; bytes, whose outputs' names end in {@code _bytes}, are {@code {"b64": …}}. Immutable.
 */
final class JsonAnswer {

  private static final int[] SCALAR = new int[0];
  private static final int[] ONE = {1};

  private final Answer answer;
  private final List<TensorSpec> outputs;
  private final List<JsonElementWriter> writers;

  JsonAnswer(Answer answer) {
    this.answer = answer;
    this.outputs = answer.signature().outputs();
    this.writers = outputs.stream().map(JsonElementWriter::of).toList();
  }

  /**
   * {@code {"predictions": [row, …]}}.
   *
   * @param bare whether rows of one element are bare values
   */
  byte[] predictions(boolean bare) {
    return object(
        "predictions",
        to -> {
          to.writeStartArray();
          for (int row = 0; row < answer.rows(); row++) {
            if (outputs.size() == 1) {
              value(0, row, bare, to);
              continue;
            }
            to.writeStartObject();
            for (int i = 0; i < outputs.size(); i++) {
              to.writeFieldName(outputs.get(i).name());
              value(i, row, bare, to);
            }
            to.writeEndObject();
          }
          to.writeEndArray();
        });
  }

  /**
   * {@code {"outputs": tensor}}, or {@code {"outputs": {"name": tensor, …}}}.
   *
   * @param bare whether rows of one element are bare values
   */
  byte[] outputs(boolean bare) {
    return object(
        "outputs",
        to -> {
          if (outputs.size() == 1) {
            tensor(0, bare, to);
            return;
          }
          to.writeStartObject();
          for (int i = 0; i < outputs.size(); i++) {
            to.writeFieldName(outputs.get(i).name());
            tensor(i, bare, to);
          }
          to.writeEndObject();
        });
  }

  /**
   * {@code {"results": [[[label, score], …], …]}}, of the outputs {@code classes} and {@code
   * scores}, of which one may be missing.
   *
   * @throws RefusedRequestException if the signature is none of a classifier
   */
  byte[] classifications() {
    ClassScores classes = ClassScores.of(answer);
    return object(
        "results",
        to -> {
          to.writeStartArray();
          for (int row = 0; row < answer.rows(); row++) {
            to.writeStartArray();
            for (int i = 0; i < classes.perRow(); i++) {
              to.writeStartArray();
              to.writeString(new String(classes.label(row, i), StandardCharsets.UTF_8));
              to.writeNumber(classes.score(row, i));
              to.writeEndArray();
            }
            to.writeEndArray();
          }
          to.writeEndArray();
        });
  }

  /**
   * {@code {"results": [value, …]}}, of the output {@code outputs}.
   *
   * @throws RefusedRequestException if the signature is none of a regression
   */
  byte[] regressions() {
    RegressedValues values = RegressedValues.of(answer);
    return object(
        "results",
        to -> {
          to.writeStartArray();
          for (int row = 0; row < answer.rows(); row++) {
            to.writeNumber(values.value(row));
          }
          to.writeEndArray();
        });
  }

  private void tensor(int output, boolean bare, JsonGenerator to) throws IOException {
    to.writeStartArray();
    for (int row = 0; row < answer.rows(); row++) {
      value(output, row, bare, to);
    }
    to.writeEndArray();
  }

  private void value(int output, int row, boolean bare, JsonGenerator to) throws IOException {
    int[] shape = answer.outputs().column(output).rowShape();
    boolean isOne = Arrays.equals(shape, ONE);
    nested(output, row, bare && isOne ? SCALAR : shape, 0, 0, to);
  }

  /** Writes what there is below a dimension, from that element on; the element behind it. */
  private int nested(int output, int row, int[] shape, int dimension, int element, JsonGenerator to)
      throws IOException {
    if (dimension == shape.length) {
      writers.get(output).write(answer.outputs().column(output), row, element, to);
      return element + 1;
    }
    int next = element;
    to.writeStartArray();
    for (int i = 0; i < shape[dimension]; i++) {
      next = nested(output, row, shape, dimension + 1, next, to);
    }
    to.writeEndArray();
    return next;
  }

  private byte[] object(String field, JsonTexts.Fields value) {
    return JsonTexts.object(
        answer.room(),
        to -> {
          to.writeFieldName(field);
          value.write(to);
        });
  }
}
