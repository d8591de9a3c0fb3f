package io.penstock.model.tensorflow.log;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.TensorProto;

/**
 * Reads the requests of {@code tensorflow.serving.PredictionLog} messages. What is recorded beside
 * requests is passed over, and so are logs of kinds that TensorFlow Serving does not know either.
 * Stateless.
 */
public final class LoggedRequests {

  /** What TensorFlow Serving runs where a request names no signature. */
  private static final String DEFAULT_SIGNATURE = "serving_default";

  // prediction_log.proto: PredictionLog; in each kind of log the request is number 1
  private static final int CLASSIFY_LOG = 2;
  private static final int REGRESS_LOG = 3;
  private static final int MULTI_INFERENCE_LOG = 4;
  private static final int SESSION_RUN_LOG = 5;
  private static final int PREDICT_LOG = 6;
  private static final int REQUEST = 1;
  // predict.proto, classification.proto, regression.proto: both fields of every request
  private static final int MODEL_SPEC = 1;
  private static final int INPUT = 2;
  // model.proto: ModelSpec
  private static final int SIGNATURE_NAME = 3;
  // inference.proto: MultiInferenceRequest; a task begins with a model_spec, too
  private static final int TASKS = 1;
  // input.proto: Input, ExampleList, ExampleListWithContext
  private static final int EXAMPLE_LIST = 1;
  private static final int EXAMPLE_LIST_WITH_CONTEXT = 2;
  private static final int EXAMPLES = 1;
  private static final int CONTEXT = 2;
  // an entry of a map
  private static final int KEY = 1;
  private static final int VALUE = 2;

  private LoggedRequests() {}

  /**
   * The requests of one log: one as a rule, several for a {@code MultiInferenceLog}, none for other
   * kinds.
   *
   * @throws InvalidProtocolBufferException if it is no {@code PredictionLog}
   * @throws IllegalArgumentException if it is a {@code SessionRunLog}, with which TensorFlow
   *     Serving refuses a version, too ({@code saved_model_warmup.cc})
   */
  public static List<LoggedRequest> parse(byte[] predictionLog)
      throws InvalidProtocolBufferException {
    UnknownFieldSet log = UnknownFieldSet.parseFrom(predictionLog);
    if (log.hasField(SESSION_RUN_LOG)) {
      throw new IllegalArgumentException(
          "a SessionRunLog (expected: Predict, Classify, Regress or MultiInference)");
    }
    if (log.hasField(PREDICT_LOG)) {
      return List.of(predict(message(message(log, PREDICT_LOG), REQUEST)));
    }
    for (int kind : new int[] {CLASSIFY_LOG, REGRESS_LOG}) {
      if (log.hasField(kind)) {
        UnknownFieldSet request = message(message(log, kind), REQUEST);
        return List.of(new LoggedRequest.Examples(signature(request), examples(request)));
      }
    }
    if (log.hasField(MULTI_INFERENCE_LOG)) {
      return multiInference(message(message(log, MULTI_INFERENCE_LOG), REQUEST));
    }
    return List.of();
  }

  private static LoggedRequest predict(UnknownFieldSet request)
      throws InvalidProtocolBufferException {
    Map<String, TensorProto> inputs = new HashMap<>();
    for (ByteString entry : request.getField(INPUT).getLengthDelimitedList()) {
      UnknownFieldSet fields = UnknownFieldSet.parseFrom(entry);
      inputs.put(bytes(fields, KEY).toStringUtf8(), TensorProto.parseFrom(bytes(fields, VALUE)));
    }
    return new LoggedRequest.Predict(signature(request), inputs);
  }

  private static List<LoggedRequest> multiInference(UnknownFieldSet request)
      throws InvalidProtocolBufferException {
    List<ByteString> examples = examples(request);
    List<LoggedRequest> requests = new ArrayList<>();
    for (ByteString task : request.getField(TASKS).getLengthDelimitedList()) {
      requests.add(
          new LoggedRequest.Examples(signature(UnknownFieldSet.parseFrom(task)), examples));
    }
    return requests;
  }

  private static String signature(UnknownFieldSet request) throws InvalidProtocolBufferException {
    String name = bytes(message(request, MODEL_SPEC), SIGNATURE_NAME).toStringUtf8();
    return name.isEmpty() ? DEFAULT_SIGNATURE : name;
  }

  private static List<ByteString> examples(UnknownFieldSet request)
      throws InvalidProtocolBufferException {
    UnknownFieldSet input = message(request, INPUT);
    if (!input.hasField(EXAMPLE_LIST_WITH_CONTEXT)) {
      return message(input, EXAMPLE_LIST).getField(EXAMPLES).getLengthDelimitedList();
    }
    UnknownFieldSet list = message(input, EXAMPLE_LIST_WITH_CONTEXT);
    ByteString context = bytes(list, CONTEXT);
    // To append a message to another is to merge it in.
    return list.getField(EXAMPLES).getLengthDelimitedList().stream()
        .map(example -> example.concat(context))
        .toList();
  }

  private static UnknownFieldSet message(UnknownFieldSet parent, int number)
      throws InvalidProtocolBufferException {
    return UnknownFieldSet.parseFrom(bytes(parent, number));
  }

  /** A field's bytes; of one that is there several times, all, which is how messages merge. */
  private static ByteString bytes(UnknownFieldSet message, int number) {
    return ByteString.copyFrom(message.getField(number).getLengthDelimitedList());
  }
}
