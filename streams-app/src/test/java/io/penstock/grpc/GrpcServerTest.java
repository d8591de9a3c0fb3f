package io.penstock.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.penstock.testkit.Await;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TensorFlow Serving's services over a real channel, by a client with protobuf's own code. */
final class GrpcServerTest {

  private static final String PREDICTION = "PredictionService";
  private static final String MODEL = "ModelService";
  private static final String SERVED =
      "model_spec {name: 'half_plus_two' version {value: 123} signature_name: '%s'}";

  private static OneGrpcServer server;

  @BeforeAll
  static void start() {
    server = new OneGrpcServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // As in TensorFlow Serving's documentation: bare values, and bare answers.
        "|tensor_shape {dim {size: 3}} float_val: [1, 2, 5]|dim {size: 3}|2.5, 3, 4.5",
        // As the signature has it; field by field, not packed; the bytes at once.
        "|tensor_shape {dim {size: 2} dim {size: 1}} float_val: [1, 2]|dim {size: 2} dim {size:"
            + " 1}|2.5, 3",
        "|tensor_shape {dim {size: 1} dim {size: 1}} tensor_content: '\\x00\\x00\\x80\\x3f'|dim"
            + " {size: 1} dim {size: 1}|2.5",
        // The last value stands for those that are missing, and zero for none.
        "|tensor_shape {dim {size: 3}} float_val: [1, 2]|dim {size: 3}|2.5, 3, 3",
        "|tensor_shape {dim {size: 3}} float_val: 5|dim {size: 3}|4.5, 4.5, 4.5",
        "|tensor_shape {dim {size: 2}}|dim {size: 2}|2, 2",
        "version {value: 123}|tensor_shape {dim {size: 1}} float_val: 1|dim {size: 1}|2.5",
        "version_label: 'stable'|tensor_shape {dim {size: 1}} float_val: 1|dim {size: 1}|2.5",
        "signature_name: 'serving_default'|tensor_shape {dim {size: 1}} float_val: 1|dim {size:"
            + " 1}|2.5",
      })
  void shouldPredict(String spec, String tensor, String shape, String values) {
    DynamicMessage answer =
        call(
            "Predict",
            "model_spec {name: 'half_plus_two' %s} inputs {key: 'x' value {dtype: DT_FLOAT %s}}"
                .formatted(spec == null ? "" : spec, tensor));

    assertThat(answer)
        .isEqualTo(
            TextClient.message(
                "PredictResponse",
                "outputs {key: 'y' value {dtype: DT_FLOAT tensor_shape {%s} float_val: [%s]}} %s"
                    .formatted(shape, values, SERVED.formatted("serving_default"))));
  }

  private static final String STRINGS = "string_val: ['\\x01\\xff', '']";

  private static final String ECHO =
      "{key: 'flags' value {dtype: DT_BOOL tensor_shape {dim {size: 2}} bool_val: [true, false]}}"
          + " %1$s {key: 'ids' value {dtype: DT_INT64 tensor_shape {dim {size: 2} dim {size: 2}}"
          + " int64_val: [9007199254740993, -2, 0, 300]}} %1$s {key: 'image_bytes' value {dtype:"
          + " DT_STRING tensor_shape {dim {size: 2}} string_val: ['\\x01\\xff', '']}} %1$s {key:"
          + " 'values' value {dtype: DT_DOUBLE tensor_shape {dim {size: 2} dim {size: 3}}"
          + " double_val: [0.5, 1e-7, 3, inf, -inf, 0]}}";

  @Test
  void shouldTakeAndGiveEveryKindOfValue() {
    DynamicMessage answer =
        call(
            "Predict",
            "model_spec {name: 'half_plus_two' signature_name: 'echo'} inputs "
                + ECHO.formatted("inputs"));

    assertThat(answer)
        .isEqualTo(
            TextClient.message(
                "PredictResponse",
                "outputs " + ECHO.formatted("outputs") + SERVED.formatted("echo")));
  }

  @Test
  void shouldTakeStringsAsTensorFlowSerializesThem() {
    DynamicMessage answer =
        call(
            "Predict",
            "model_spec {name: 'half_plus_two' signature_name: 'echo'} inputs "
                + withContent("\\x02\\x00\\x01\\xff"));

    assertThat(answer)
        .isEqualTo(
            TextClient.message(
                "PredictResponse",
                "outputs " + ECHO.formatted("outputs") + SERVED.formatted("echo")));
  }

  /** The inputs of {@link #ECHO}, with all strings at once. */
  private static String withContent(String content) {
    assertThat(ECHO).contains(STRINGS);
    return ECHO.replace(STRINGS, "tensor_content: '" + content + "'").formatted("inputs");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // More than there is, less than there is, and no end of a length.
        "\\x02\\x01ab|tensor_content has 2 bytes of strings (expected: 3, by their lengths)",
        "\\x01\\x00ab|tensor_content has 2 bytes of strings (expected: 1, by their lengths)",
        "\\x01\\xff|a number is cut off",
        "\\xff\\xff\\xff\\xff\\x07\\x00|a length is 2147483647",
      })
  void shouldRefuseStringsWhoseLengthsAreWrong(String content, String message) {
    assertRefused(
        PREDICTION,
        "Predict",
        "model_spec {name: 'half_plus_two' signature_name: 'echo'} inputs " + withContent(content),
        Status.Code.INVALID_ARGUMENT,
        message);
  }

  @Test
  void shouldGiveTheOutputsThatAreWanted() {
    DynamicMessage answer =
        call(
            "Predict",
            "model_spec {name: 'half_plus_two' signature_name: 'echo'} output_filter: 'flags'"
                + " inputs "
                + ECHO.formatted("inputs"));

    assertThat(answer)
        .isEqualTo(
            TextClient.message(
                "PredictResponse",
                "outputs {key: 'flags' value {dtype: DT_BOOL tensor_shape {dim {size: 2}} bool_val:"
                    + " [true, false]}} "
                    + SERVED.formatted("echo")));
  }

  private static final String EXAMPLES =
      "examples {features {feature {key: 'x' value {float_list {value: 1}}}}} examples {}";

  @Test
  void shouldClassifyAndRegressExamples() {
    // The model gives the bytes of each example: a feature of one letter takes 17, and 9 without a
    // value.
    String input = "input {example_list {%s}}".formatted(EXAMPLES);
    String withContext =
        "input {example_list_with_context {%s context {features {feature {key: 'y'}}}}}"
            .formatted(EXAMPLES);

    assertThat(
            call("Regress", "model_spec {name: 'half_plus_two' signature_name: 'regress'}" + input))
        .isEqualTo(
            TextClient.message(
                "RegressionResponse",
                "result {regressions {value: 17} regressions {value: 0}} "
                    + SERVED.formatted("regress")));
    assertThat(
            call(
                "Regress",
                "model_spec {name: 'half_plus_two' signature_name: 'regress'}" + withContext))
        .isEqualTo(
            TextClient.message(
                "RegressionResponse",
                "result {regressions {value: 26} regressions {value: 9}} "
                    + SERVED.formatted("regress")));
    assertThat(
            call(
                "Classify",
                "model_spec {name: 'half_plus_two' signature_name: 'classify'}" + input))
        .isEqualTo(
            TextClient.message(
                "ClassificationResponse",
                "result {classifications {classes {label: 'a' score: 17} classes {label: 'b' score:"
                    + " 18}} classifications {classes {label: 'a' score: 0} classes {label: 'b'"
                    + " score: 1}}} "
                    + SERVED.formatted("classify")));
  }

  @Test
  void shouldTellOfSignatures() throws InvalidProtocolBufferException {
    DynamicMessage answer =
        call(
            "GetModelMetadata",
            "model_spec {name: 'half_plus_two'} metadata_field: 'signature_def'");

    DynamicMessage signatures =
        TextClient.message(
            "SignatureDefMap",
            "signature_def {key: 'serving_default' value {method_name: 'tensorflow/serving/predict'"
                + " inputs {key: 'x' value {name: 'x:0' dtype: DT_FLOAT tensor_shape {dim {size:"
                + " -1} dim {size: 1}}}} outputs {key: 'y' value {name: 'y:0' dtype: DT_FLOAT"
                + " tensor_shape {unknown_rank: true}}}}}");
    DynamicMessage entry =
        (DynamicMessage)
            answer.getRepeatedField(answer.getDescriptorForType().findFieldByName("metadata"), 0);
    Any any = Any.parseFrom(((DynamicMessage) field(entry, "value")).toByteString());
    assertThat(field(entry, "key")).isEqualTo("signature_def");
    assertThat(any.getTypeUrl())
        .isEqualTo("type.googleapis.com/tensorflow.serving.SignatureDefMap");
    assertThat(DynamicMessage.parseFrom(signatures.getDescriptorForType(), any.getValue()))
        .isEqualTo(signatures);
    assertThat(field(answer, "model_spec").toString())
        .isEqualTo(
            TextClient.message("ModelSpec", "name: 'half_plus_two' version {value: 123}")
                .toString());
  }

  private static Object field(DynamicMessage message, String name) {
    return message.getField(message.getDescriptorForType().findFieldByName(name));
  }

  @Test
  void shouldTellOfVersions() {
    String available = "model_version_status {version: 123 state: AVAILABLE status {}}";
    String failed =
        "model_version_status {version: 124 state: END"
            + " status {error_code: UNKNOWN error_message: 'no saved_model.pb'}}";

    assertThat(status(""))
        .isEqualTo(TextClient.message("GetModelStatusResponse", failed + available));
    assertThat(status("version {value: 123}"))
        .isEqualTo(TextClient.message("GetModelStatusResponse", available));
    assertThat(status("version_label: 'canary'"))
        .isEqualTo(TextClient.message("GetModelStatusResponse", failed));
  }

  private static DynamicMessage status(String spec) {
    return server
        .client()
        .call(MODEL, "GetModelStatus", "model_spec {name: 'half_plus_two' %s}".formatted(spec));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "Predict||INVALID_ARGUMENT|Missing ModelSpec",
        "Predict|model_spec {}|INVALID_ARGUMENT|ModelSpec has no name specified.",
        "Predict|model_spec {name: 'other'}|NOT_FOUND|Servable not found for request:"
            + " Latest(other)",
        "Predict|model_spec {name: 'half_plus_two' version {value: 9}}|NOT_FOUND|Servable not found"
            + " for request: Specific(half_plus_two, 9)",
        "Predict|model_spec {name: 'half_plus_two' version_label:"
            + " 'beta'}|INVALID_ARGUMENT|Unrecognized servable version label: beta",
        "Predict|model_spec {name: 'half_plus_two' version_label: 'unknown'}|UNAVAILABLE|cut off",
        "Predict|model_spec {name: 'half_plus_two' signature_name:"
            + " 'none'}|FAILED_PRECONDITION|Serving signature key \"none\" not found",
        "Classify|model_spec {name: 'half_plus_two' signature_name:"
            + " 'none'}|INVALID_ARGUMENT|Serving signature key \"none\" not found",
        "Predict|model_spec {name: 'half_plus_two'}|INVALID_ARGUMENT|input size does not match"
            + " signature: 0!=1 len({}) != len({x}). Sent extra: {}. Missing but required: {x}.",
        "Predict|model_spec {name: 'half_plus_two'} inputs {key: 'z' value"
            + " {}}|INVALID_ARGUMENT|input tensor alias not found in signature: z. Inputs expected"
            + " to be in the set {x}.",
        "Predict|model_spec {name: 'half_plus_two'} output_filter: 'z'|INVALID_ARGUMENT|output"
            + " tensor alias not found in signature: z Outputs expected to be in the set {y}.",
        "Predict|model_spec {name: 'half_plus_two'} output_filter: ['y',"
            + " 'y']|INVALID_ARGUMENT|duplicate output tensor alias: y",
        "Classify|model_spec {name: 'half_plus_two' signature_name:"
            + " 'classify'}|INVALID_ARGUMENT|Input is empty",
        "Classify|model_spec {name: 'half_plus_two'} input {example_list {examples"
            + " {}}}|INVALID_ARGUMENT|signature serving_default takes no examples",
        "Classify|model_spec {name: 'half_plus_two' signature_name: 'regress'} input {example_list"
            + " {examples {}}}|INVALID_ARGUMENT|cannot classify",
        "GetModelMetadata|model_spec {name:"
            + " 'half_plus_two'}|INVALID_ARGUMENT|GetModelMetadataRequest must specify at least one"
            + " metadata_field",
        "GetModelMetadata|model_spec {name: 'half_plus_two'} metadata_field:"
            + " 'other'|INVALID_ARGUMENT|Metadata field other is not supported",
        "GetModelMetadata|model_spec {name: 'half_plus_two' version {value: 124}} metadata_field:"
            + " 'signature_def'|NOT_FOUND|Servable not found for request: Specific(half_plus_two,"
            + " 124)",
        "GetModelMetadata|model_spec {name: 'other'} metadata_field:"
            + " 'signature_def'|NOT_FOUND|Could not find any versions of model other",
        "MultiInference||UNIMPLEMENTED|send a Classify or Regress for each task",
      })
  void shouldSayWhyThereIsNoAnswer(
      String method, String request, Status.Code code, String message) {
    assertRefused(PREDICTION, method, request == null ? "" : request, code, message);
  }

  @Test
  void shouldSayWhyThereIsNoStatus() {
    assertRefused(MODEL, "GetModelStatus", "", Status.Code.INVALID_ARGUMENT, "Missing ModelSpec");
    assertRefused(
        MODEL,
        "GetModelStatus",
        "model_spec {name: 'half_plus_two' version {value: 9}}",
        Status.Code.NOT_FOUND,
        "Could not find version 9 of model half_plus_two");
    assertRefused(
        MODEL,
        "GetModelStatus",
        "model_spec {name: 'half_plus_two' version {value: -9223372036854775808}}",
        Status.Code.NOT_FOUND,
        "Could not find version -9223372036854775808 of model half_plus_two");
    assertRefused(
        MODEL, "HandleReloadConfigRequest", "", Status.Code.UNIMPLEMENTED, "POST /reload");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "dtype: DT_DOUBLE tensor_shape {dim {size: 1}} double_val: 1|the tensor is of float64"
            + " (expected: float32)",
        "dtype: DT_QINT8 tensor_shape {dim {size: 1}}|the tensor is of DataType 11 (expected:"
            + " float32)",
        "dtype: DT_FLOAT float_val: 1|a single value (expected: a batch of rows)",
        "dtype: DT_FLOAT tensor_shape {unknown_rank: true} float_val: 1|a tensor of unknown rank",
        "dtype: DT_FLOAT tensor_shape {dim {size: -1}} float_val: 1|dimension 0 is -1",
        "dtype: DT_FLOAT tensor_shape {dim {size: 0}}|rows: 0 (expected: 1 or more)",
        "dtype: DT_FLOAT tensor_shape {dim {size: 1}} float_val: [1, 2]|2 values (expected: at most"
            + " 1, by its shape)",
        "dtype: DT_FLOAT tensor_shape {dim {size: 2}} tensor_content: 'abcd'|tensor_content of 4"
            + " bytes (expected: 8",
        "dtype: DT_FLOAT tensor_shape {dim {size: 1} dim {size: 2}} float_val: 1|rows have the"
            + " shape [2] (expected: [1])",
      })
  void shouldRefuseTensorsThatDoNotFit(String tensor, String message) {
    assertRefused(
        PREDICTION,
        "Predict",
        "model_spec {name: 'half_plus_two'} inputs {key: 'x' value {%s}}".formatted(tensor),
        Status.Code.INVALID_ARGUMENT,
        message);
  }

  @ParameterizedTest
  @CsvSource({
    "dim {size: 1001}",
    "dim {size: 2147483647}",
    "dim {size: 1} dim {size: 2147483647}",
    "dim {size: 1000} dim {size: 1000000}",
    "dim {size: 2147483647} dim {size: 2147483647} dim {size: 2147483647}",
    "dim {size: 0} dim {size: 2147483647} dim {size: 2147483647}"
  })
  void shouldMakeNoRoomForWhatIsOnlyDeclared(String shape) {
    assertRefused(
        PREDICTION,
        "Predict",
        "model_spec {name: 'half_plus_two'} inputs {key: 'x' value {dtype: DT_FLOAT tensor_shape {%s} float_val: 1}}"
            .formatted(shape),
        Status.Code.RESOURCE_EXHAUSTED,
        "(expected: at most");
  }

  @Test
  void shouldTellADtypeWithoutANameByItsNumber() {
    ServingSchema schema = ServingSchema.load();
    assertThat(schema.dataType("DT_FLOAT")).isEqualTo(1);
    assertThat(schema.dataType("DataType 77")).isEqualTo(77);
    assertThat(schema.dataType("DT_NONSENSE")).isZero();
  }

  @Test
  void shouldRefuseRowsOfAnotherShapeBeforeItFillsThem() {
    assertRefused(
        PREDICTION,
        "Predict",
        "model_spec {name: 'half_plus_two'} inputs {key: 'x' value {dtype: DT_FLOAT tensor_shape {dim {size: 1} dim {size: 7}} float_val: 1}}",
        Status.Code.INVALID_ARGUMENT,
        "rows have the shape [7]");
  }

  @Test
  void shouldRefuseMessagesThatAreTooLarge() {
    String name = "x".repeat(io.penstock.http.OneModel.MAX_BODY);

    assertRefused(
        PREDICTION,
        "Predict",
        "model_spec {name: '%s'}".formatted(name),
        Status.Code.RESOURCE_EXHAUSTED,
        "maximum size");
    shouldPredict(null, "tensor_shape {dim {size: 1}} float_val: 1", "dim {size: 1}", "2.5");
  }

  @Test
  void shouldTellOfItsHealth() throws InterruptedException {
    HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(server.channel);
    HealthCheckRequest ofPredictions =
        HealthCheckRequest.newBuilder().setService("tensorflow.serving.PredictionService").build();

    assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
        .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    try {
      server.isReady.set(false);
      Await.until(
          "the server says that it is not ready",
          10,
          () ->
              health.check(ofPredictions).getStatus()
                  == HealthCheckResponse.ServingStatus.NOT_SERVING);
    } finally {
      server.isReady.set(true);
    }
    Await.until(
        "the server says that it is ready",
        10,
        () -> health.check(ofPredictions).getStatus() == HealthCheckResponse.ServingStatus.SERVING);
  }

  @Test
  void shouldTellOfItsServicesAndTheirMessages() throws InterruptedException {
    BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
    StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(server.channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse answer) {
                    answers.add(answer);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answers.add(ServerReflectionResponse.getDefaultInstance());
                  }

                  @Override
                  public void onCompleted() {}
                });
    questions.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    questions.onNext(
        ServerReflectionRequest.newBuilder()
            .setFileContainingSymbol("tensorflow.serving.PredictionService.Predict")
            .build());

    assertThat(answers.take().getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains(
            "tensorflow.serving.PredictionService",
            "tensorflow.serving.ModelService",
            "grpc.health.v1.Health");
    List<ByteString> files =
        answers.take().getFileDescriptorResponse().getFileDescriptorProtoList();
    assertThat(files).anyMatch(file -> file.toStringUtf8().contains("PredictRequest"));
    questions.onCompleted();
  }

  @Test
  void shouldTellOlderToolsOfItsServices() throws InterruptedException {
    BlockingQueue<io.grpc.reflection.v1alpha.ServerReflectionResponse> answers =
        new LinkedBlockingQueue<>();
    ClientCall<
            io.grpc.reflection.v1alpha.ServerReflectionRequest,
            io.grpc.reflection.v1alpha.ServerReflectionResponse>
        call =
            server.channel.newCall(
                io.grpc.reflection.v1alpha.ServerReflectionGrpc.getServerReflectionInfoMethod(),
                CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(io.grpc.reflection.v1alpha.ServerReflectionResponse answer) {
            answers.add(answer);
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(
        io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
            .setListServices("")
            .build());

    assertThat(answers.poll(10, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
        .extracting(io.grpc.reflection.v1alpha.ServiceResponse::getName)
        .contains("tensorflow.serving.PredictionService", "tensorflow.serving.ModelService");
    call.cancel("all is known", null);
  }

  private static DynamicMessage call(String method, String request) {
    return server.client().call(PREDICTION, method, request);
  }

  private static void assertRefused(
      String service, String method, String request, Status.Code code, String message) {
    StatusRuntimeException refusal =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> server.client().call(service, method, request));
    assertThat(refusal.getStatus().getDescription()).contains(message);
    assertThat(refusal.getStatus().getCode()).isEqualTo(code);
  }
}
