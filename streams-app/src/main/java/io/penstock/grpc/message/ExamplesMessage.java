package io.penstock.grpc.message;

import io.penstock.codec.wire.WireCursor;
import io.penstock.codec.wire.WireWriter;
import io.penstock.model.Column;
import io.penstock.model.ModelSignature;
import io.penstock.requests.Answer;
import io.penstock.requests.ModelSpec;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestRoom;
import io.penstock.requests.RequestRows;
import io.penstock.requests.examples.ClassScores;
import io.penstock.requests.examples.ExampleRows;
import io.penstock.requests.examples.RegressedValues;
import java.util.function.Function;

/**
 * A {@code ClassificationRequest} or {@code RegressionRequest}: serialized examples, which are
 * handed to the model as they are. Those with a common context begin with its bytes, which merges
 * the two ({@code serving_session.cc}).
 *
 * <p>Not thread-safe: used by one thread after the other.
 */
final class ExamplesMessage implements PredictionRequest {

  private static final int INPUT = WireCursor.tag(2, WireCursor.DELIMITED);
  private static final int LIST = WireCursor.tag(1, WireCursor.DELIMITED);
  private static final int LIST_WITH_CONTEXT = WireCursor.tag(2, WireCursor.DELIMITED);
  private static final int EXAMPLES = WireCursor.tag(1, WireCursor.DELIMITED);
  private static final int CONTEXT = WireCursor.tag(2, WireCursor.DELIMITED);

  private final byte[] message;
  private final WireCursor in = new WireCursor("request for examples");
  private final ModelSpec spec;
  private final Function<Answer, WireWriter.Message> result;

  private int listFrom;
  private int listTo;
  private boolean hasContext;

  /** Where the features begin that all examples have, and how many bytes they take. */
  private int contextFrom;

  private int contextLength;

  /**
   * @param result what an answer comes to
   */
  ExamplesMessage(byte[] message, Function<Answer, WireWriter.Message> result) {
    this.message = message;
    this.result = result;
    this.spec = SpecMessage.of(message, in);
    in.over(message);
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == INPUT) {
        readInput();
      } else {
        in.skip(tag);
      }
    }
  }

  private void readInput() {
    int around = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == LIST || tag == LIST_WITH_CONTEXT) {
        int length = in.readLength();
        listFrom = in.take(length);
        listTo = listFrom + length;
        hasContext = tag == LIST_WITH_CONTEXT;
      } else {
        in.skip(tag);
      }
    }
    in.leave(around);
  }

  @Override
  public ModelSpec spec() {
    return spec;
  }

  @Override
  public RequestRows decode(ModelSignature signature, RequestRoom room) {
    return PredictionRequest.wellFormed(() -> read(signature, room));
  }

  private RequestRows read(ModelSignature signature, RequestRoom room) {
    int count = 0;
    long bytes = 0;
    contextLength = 0;
    in.over(message);
    in.over(listFrom, listTo);
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == EXAMPLES) {
        int length = in.readLength();
        in.take(length);
        bytes += length;
        count++;
      } else if (tag == CONTEXT && hasContext) {
        contextLength = in.readLength();
        contextFrom = in.take(contextLength);
      } else {
        in.skip(tag);
      }
    }
    if (count == 0) {
      throw RefusedRequestException.invalid("Input is empty");
    }
    room.requireRows(count);
    // Each holds a copy of the context: a message of kilobytes asks for gigabytes so.
    room.takeBytes(bytes + count * (long) (contextLength + Column.STRING_BYTES));
    in.over(listFrom, listTo);
    return ExampleRows.of(signature, count, row -> next());
  }

  private byte[] next() {
    int tag = in.readTag();
    while (tag != EXAMPLES) {
      in.skip(tag);
      tag = in.readTag();
    }
    int length = in.readLength();
    int from = in.take(length);
    byte[] example = new byte[contextLength + length];
    System.arraycopy(message, contextFrom, example, 0, contextLength);
    System.arraycopy(message, from, example, contextLength, length);
    return example;
  }

  @Override
  public byte[] write(Answer answer) {
    WireWriter.Message written = result.apply(answer);
    return WireWriter.bytes(
        size -> answer.room().takeBytes(size),
        to -> {
          to.message(1, written);
          to.message(2, SpecMessage.of(answer.version(), answer.signature().name()));
        });
  }

  /** A {@code ClassificationResult}. */
  static WireWriter.Message classifications(Answer answer) {
    ClassScores scores = ClassScores.of(answer);
    return to -> {
      for (int row = 0; row < answer.rows(); row++) {
        int each = row;
        to.message(1, classes -> classes(scores, each, classes));
      }
    };
  }

  private static void classes(ClassScores scores, int row, WireWriter to) {
    for (int i = 0; i < scores.perRow(); i++) {
      int index = i;
      to.message(
          1,
          one -> {
            byte[] label = scores.label(row, index);
            one.bytes(1, label, 0, label.length);
            one.float32(2, scores.score(row, index));
          });
    }
  }

  /** A {@code RegressionResult}. */
  static WireWriter.Message regressions(Answer answer) {
    RegressedValues values = RegressedValues.of(answer);
    return to -> {
      for (int row = 0; row < answer.rows(); row++) {
        float value = values.value(row);
        to.message(1, one -> one.float32(1, value));
      }
    };
  }
}
