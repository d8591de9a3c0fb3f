package io.penstock.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.codec.example.Examples;
import io.penstock.testkit.Await;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The examples in every format but Avro that fits them, all in one service without a registry:
 * their predictions are those that TensorFlow computes in Python. (In Avro: {@link ExamplesIT}.)
 */
class FormatsIT {

  private static final String SERVICE = "formats";
  private static final Offset<Double> TOLERANCE = Offset.offset(1e-5);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A model of TensorFlow Serving's own tests: y = x / 2 + 2, for a tf.Example with a float x. */
  static final String HALF_PLUS_TWO =
      "../shared/testdata/tensorflow-serving/saved_model_half_plus_two_cpu/00000123";

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;
  private static Path config;
  private static ServiceUnderTest service;

  /** It goes on while others are changed. */
  private static final String STEADY = pipeline("steady", "digits", "out-steady");

  /** An example in a format, and how its pipeline is configured. */
  private enum Case {
    DIGITS_JSON("digits", "json", "format: json", "format: json"),
    DIGITS_RAW("digits", "raw", "format: raw", "format: raw, outputs: [probabilities]"),
    DIGITS_EXAMPLE("digits", "tf-example", "format: tf-example", "format: json"),
    CARS_JSON("cars-mpg", "json", "format: json", "format: json, copy: [id]"),
    CARS_EXAMPLE("cars-mpg", "tf-example", "format: tf-example", "format: json"),
    REVIEWS_JSON(
        "reviews",
        "json",
        "format: json, fields: {tokens: review.ids}",
        "format: json, copy: [review.id as id]"),
    REVIEWS_RAW("reviews", "raw", "format: raw", "format: json, outputs: [vector as embedding]"),
    REVIEWS_EXAMPLE("reviews", "tf-example", "format: tf-example", "format: json");

    private final String model;
    private final String format;
    private final String input;
    private final String output;

    Case(String model, String format, String input, String output) {
      this.model = model;
      this.format = format;
      this.input = input;
      this.output = output;
    }

    String topic() {
      return model + "-" + format;
    }

    String pipeline() {
      return """
                %s:
                  model: %s
                  start-from: earliest
                  input: {topic: %s, %s}
                  output: {topic: out-%s, %s}
                  dead-letters: {topic: dead-%s}
              """
          .formatted(topic(), model, topic(), input, topic(), output, topic());
    }
  }

  @BeforeAll
  static void serve() throws IOException {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    bench.createControlTopics(SERVICE);
    StringBuilder models = new StringBuilder();
    StringBuilder pipelines = new StringBuilder();
    for (String model : List.of("digits", "cars-mpg", "reviews")) {
      models.append(model(model, bench.installVersion(model, 1)));
    }
    for (Case one : Case.values()) {
      pipelines.append(one.pipeline());
      createTopics(one.topic());
    }
    if (hasHalfPlusTwo()) {
      models.append(model("half", bench.installVersion(HALF_PLUS_TWO, "half", 1)));
      pipelines.append(
          """
            half:
              model: half
              signature: regress_x_to_y
              start-from: earliest
              input: {topic: half, format: tf-example}
              output: {topic: out-half, format: json}
              dead-letters: {topic: dead-half}
          """);
      createTopics("half");
    }
    pipelines.append(STEADY);
    createTopics("steady");
    config =
        Files.writeString(
            folder.resolve("formats.yaml"),
            """
            service: %s
            kafka: {bootstrap.servers: "%s"}
            control: {heartbeat-interval: 300ms, liveness-timeout: 6s}
            models:
            %spipelines:
            %s"""
                .formatted(SERVICE, bench.stack().bootstrapServers(), models, pipelines));
    service = ServiceUnderTest.start(config, folder, SERVICE);
    service.awaitReady();
  }

  private static String pipeline(String name, String model, String output) {
    return """
              %1$s:
                model: %2$s
                start-from: earliest
                input: {topic: %1$s, format: json}
                output: {topic: %3$s, format: json}
                dead-letters: {topic: dead-%1$s}
            """
        .formatted(name, model, output);
  }

  private static String model(String name, Path base) {
    return "  %s: {path: \"%s\", settle: 300ms, poll-interval: 100ms}\n".formatted(name, base);
  }

  private static void createTopics(String topic) {
    bench.createTopics(1, topic, "out-" + topic, "dead-" + topic);
  }

  static boolean hasHalfPlusTwo() {
    return Files.isDirectory(Penstock.root().resolve(HALF_PLUS_TWO));
  }

  @AfterAll
  static void tearDown() {
    service.close();
    records.close();
    bench.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldPredictWhatTensorFlowInPythonDoes(Case one) {
    JsonNode golden = Workbench.golden(one.model, 1);
    int rows = golden.get("inputs").elements().next().at("/shape/0").asInt();
    for (int row = 0; row < rows; row++) {
      bench.send(new ProducerRecord<>(one.topic(), record(one, golden.get("inputs"), row)));
    }

    List<ConsumerRecord<byte[], byte[]>> predictions = records.await("out-" + one.topic(), rows);

    for (int row = 0; row < rows; row++) {
      check(one, golden.get("outputs"), row, predictions.get(row).value());
    }
    assertThat(records.list("dead-" + one.topic())).isEmpty();
  }

  @Test
  void shouldAddChangeAndRemoveWhileTheOthersGoOn() throws Exception {
    // given a pipeline that is at work, and a model and topics for another
    String before = Files.readString(config);
    createTopics("more");
    bench.createTopics(1, "out-changed");
    String late = model("late", bench.installVersion("examples/digits/1", "late", 1));
    String withModel = before.replace("models:\n", "models:\n" + late);
    String more = pipeline("more", "late", "out-more");
    sendDigits("steady", 20);
    records.await("out-steady", 20);
    JsonNode steady = service.json("/status").at("/pipelines/steady/partitions/0");
    double rebalances = rebalances("steady");
    // when they are added, by a signal where these tests were not started by nohup
    Files.writeString(config, withModel + more);
    if (!service.hangUp()) {
      assertThat(service.post("/reload", "").statusCode()).isEqualTo(200);
    }
    sendDigits("more", 1);
    records.await("out-more", 1);
    Await.until(
        "the log says so",
        30,
        () -> service.logged("reload: pipelines added=[more] changed=[] removed=[]"));
    sendDigits("steady", 20);
    // and changed, by a request
    Files.writeString(config, withModel + pipeline("more", "late", "out-changed"));
    HttpResponse<String> changed = service.post("/reload", "");
    assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
    assertThat(JSON.readTree(changed.body()).at("/pipelines/changed/0").asText()).isEqualTo("more");
    sendDigits("more", 1);
    assertThat(OutcomeSource.of(records.await("out-changed", 1).get(0)).offset())
        .as("it has gone on where it was")
        .isEqualTo(1);
    // and not changed by what does not suit the model, or lacks a topic
    Files.writeString(
        config,
        withModel
            + pipeline("more", "late", "out-changed")
                .replace("topic: more,", "topic: more, fields: {x: pixels},"));
    HttpResponse<String> unsuited = service.post("/reload", "");
    assertThat(unsuited.statusCode()).as(unsuited.body()).isEqualTo(422);
    assertThat(unsuited.body()).contains("pipelines.more does not suit late/1, which serves: ");
    Files.writeString(config, withModel + pipeline("more", "late", "no-such-topic"));
    HttpResponse<String> refused = service.post("/reload", "");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
    assertThat(refused.body()).contains("no-such-topic");
    Await.until("it is at work", 30, () -> service.state("more").equals("RUNNING"));
    sendDigits("steady", 20);
    // and removed
    Files.writeString(config, before);
    HttpResponse<String> removed = service.post("/reload", "");
    assertThat(removed.statusCode()).as(removed.body()).isEqualTo(200);
    // then they are gone
    JsonNode status = service.json("/status");
    assertThat(status.at("/pipelines/more").isMissingNode()).isTrue();
    assertThat(status.at("/models/late").isMissingNode()).isTrue();
    assertThat(status.at("/configuration/reload").asText())
        .contains("removed=[more]", "models added=[] changed=[] removed=[late]");
    assertThat(service.metrics()).doesNotContain("pipeline=\"more\"", "model=\"late\"");
    // and the other has not noticed
    sendDigits("steady", 20);
    assertThat(records.await("out-steady", 80))
        .extracting(outcome -> OutcomeSource.of(outcome).offset())
        .containsExactlyElementsOf(LongStream.range(0, 80).boxed().toList());
    JsonNode after = service.json("/status").at("/pipelines/steady/partitions/0");
    assertThat(after.path("thread")).isEqualTo(steady.path("thread"));
    assertThat(after.path("task")).isEqualTo(steady.path("task"));
    assertThat(rebalances("steady")).isEqualTo(rebalances);
  }

  private static void sendDigits(String topic, int count) {
    JsonNode inputs = Workbench.golden("digits", 1).get("inputs");
    for (int i = 0; i < count; i++) {
      bench.send(new ProducerRecord<>(topic, record(Case.DIGITS_JSON, inputs, 0)));
    }
  }

  /** How often the pipeline's stream thread has joined its group. */
  private static double rebalances(String pipeline) {
    List<String> samples =
        service
            .metrics()
            .lines()
            .filter(line -> line.startsWith("kafka_consumer_coordinator_rebalance_total{"))
            .filter(line -> line.contains("pipeline=\"" + pipeline + "\""))
            .toList();
    assertThat(samples).isNotEmpty();
    return samples.stream()
        .mapToDouble(sample -> Double.parseDouble(sample.substring(sample.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void shouldRefuseGarbageAndFindTheExampleThatTheModelCannotParse() throws IOException {
    assumeTrue(hasHalfPlusTwo(), "TensorFlow Serving's models are not beside this checkout");
    List<byte[]> sent =
        List.of(
            new Examples().floats("x", 2).serialized(),
            "no example".getBytes(UTF_8),
            new Examples().floats("x", 4).serialized(),
            new Examples().texts("x", "a text").serialized(),
            new Examples().floats("x", 6).serialized());
    sent.forEach(value -> bench.send(new ProducerRecord<>("half", value)));

    List<ConsumerRecord<byte[], byte[]>> predictions = records.await("out-half", 3);
    List<ConsumerRecord<byte[], byte[]>> letters = records.await("dead-half", 2);

    assertThat(predictions)
        .extracting(p -> OutcomeSource.of(p).offset() + " " + new String(p.value(), UTF_8))
        .containsExactly("0 {\"outputs\":[3.0]}", "2 {\"outputs\":[4.0]}", "4 {\"outputs\":[5.0]}");
    List<String> reasons = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> letter : letters) {
      JsonNode envelope = JSON.readTree(letter.value());
      reasons.add(envelope.get("offset") + " " + envelope.get("reason").asText());
    }
    assertThat(reasons).containsExactly("1 MALFORMED", "3 INFERENCE_FAILED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"digits", "cars-mpg", "reviews"})
  void shouldAnswerRequestsWithWhatTensorFlowInPythonPredicts(String model) throws IOException {
    JsonNode inputs = Workbench.golden(model, 1).get("inputs");
    JsonNode outputs = Workbench.golden(model, 1).get("outputs");
    int rows = inputs.elements().next().at("/shape/0").asInt();
    ObjectNode request = JSON.createObjectNode();
    ArrayNode instances = request.putArray("instances");
    for (int row = 0; row < rows; row++) {
      ObjectNode instance = instances.addObject();
      for (var input : inputs.properties()) {
        instance.set(input.getKey(), JSON.valueToTree(Example.row(input.getValue(), row)));
      }
    }

    HttpResponse<String> answer =
        service.post("/v1/models/" + model + ":predict", JSON.writeValueAsString(request));

    assertThat(answer.body()).startsWith("{\"predictions\"");
    JsonNode predictions = JSON.readTree(answer.body()).get("predictions");
    assertThat(predictions.size()).isEqualTo(rows);
    for (int row = 0; row < rows; row++) {
      JsonNode prediction = predictions.get(row);
      for (var output : outputs.properties()) {
        assertThatEqual(
            outputs.size() == 1 ? prediction : prediction.get(output.getKey()),
            Example.row(output.getValue(), row));
      }
    }
    assertThat(answer.headers().firstValue("penstock-served-by").orElse(""))
        .startsWith("model=" + model + ";version=1;fingerprint=");
  }

  @Test
  void shouldAnswerTensorFlowServingsOwnExamples() {
    assumeTrue(hasHalfPlusTwo(), "TensorFlow Serving's models are not beside this checkout");

    assertThat(service.post("/v1/models/half:predict", "{\"instances\": [1.0, 2.0, 5.0]}").body())
        .isEqualTo("{\"predictions\":[2.5,3.0,4.5]}");
    assertThat(
            service
                .post(
                    "/v1/models/half/versions/1:regress",
                    "{\"signature_name\": \"regress_x_to_y\", \"examples\": [{\"x\": 2.0}, {\"x\": 4.0}]}")
                .body())
        .isEqualTo("{\"results\":[3.0,4.0]}");
    assertThat(
            service
                .post(
                    "/v1/models/half:classify",
                    "{\"signature_name\": \"classify_x_to_y\", \"context\": {\"x\": 2.0}, \"examples\": [{}]}")
                .body())
        .isEqualTo("{\"results\":[[[\"\",3.0]]]}");
    // One row that TensorFlow cannot parse, among others.
    HttpResponse<String> refused =
        service.post(
            "/v1/models/half:regress",
            "{\"signature_name\": \"regress_x_to_y\", \"examples\": [{\"x\": 2.0}, {\"x\": \"a text\"}]}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("half/1, row 1: ");
  }

  private static byte[] record(Case one, JsonNode inputs, int row) {
    return switch (one.format) {
      case "json" -> json(one, inputs, row);
      case "raw" -> raw(inputs.elements().next(), row);
      default -> example(inputs, row);
    };
  }

  private static byte[] json(Case one, JsonNode inputs, int row) {
    ObjectNode record = JSON.createObjectNode();
    for (var input : inputs.properties()) {
      record.set(input.getKey(), JSON.valueToTree(Example.row(input.getValue(), row)));
    }
    if (one == Case.CARS_JSON) {
      record.put("id", "r-" + row);
    }
    if (one == Case.REVIEWS_JSON) {
      JsonNode tokens = record.remove("tokens");
      record.putObject("review").put("id", "r-" + row).set("ids", tokens);
    }
    try {
      return JSON.writeValueAsBytes(record);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] raw(JsonNode input, int row) {
    List<?> values = (List<?>) Example.row(input, row);
    ByteBuffer bytes = ByteBuffer.allocate(values.size() * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (Object value : values) {
      if (value instanceof Float number) {
        bytes.putFloat(number);
      } else {
        bytes.putLong((Long) value);
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private static byte[] example(JsonNode inputs, int row) {
    Examples example = new Examples();
    for (var input : inputs.properties()) {
      Object value = Example.row(input.getValue(), row);
      List<?> values = value instanceof List<?> list ? list : List.of(value);
      switch (input.getValue().get("dtype").asText()) {
        case "int64" ->
            example.integers(input.getKey(), values.stream().mapToLong(v -> (Long) v).toArray());
        case "float32" -> {
          float[] floats = new float[values.size()];
          for (int i = 0; i < floats.length; i++) {
            floats[i] = (Float) values.get(i);
          }
          example.floats(input.getKey(), floats);
        }
        default -> example.texts(input.getKey(), values.get(0).toString());
      }
    }
    return example.serialized();
  }

  private static void check(Case one, JsonNode outputs, int row, byte[] prediction) {
    if (one == Case.DIGITS_RAW) {
      ByteBuffer bytes = ByteBuffer.wrap(prediction).order(ByteOrder.LITTLE_ENDIAN);
      List<?> expected = (List<?>) Example.row(outputs.get("probabilities"), row);
      assertThat(prediction).hasSize(expected.size() * Float.BYTES);
      expected.forEach(
          value -> assertThat((double) bytes.getFloat()).isCloseTo((Float) value, TOLERANCE));
      return;
    }
    JsonNode read;
    try {
      read = JSON.readTree(prediction);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (one == Case.REVIEWS_RAW) {
      assertThat(read.size()).isEqualTo(1);
      assertThatEqual(read.get("embedding"), Example.row(outputs.get("vector"), row));
      return;
    }
    if (one == Case.CARS_JSON || one == Case.REVIEWS_JSON) {
      assertThat(((ObjectNode) read).remove("id").asText()).isEqualTo("r-" + row);
    }
    assertThat(read.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrderElementsOf(() -> outputs.fieldNames());
    for (var output : outputs.properties()) {
      assertThatEqual(read.get(output.getKey()), Example.row(output.getValue(), row));
    }
  }

  private static void assertThatEqual(JsonNode actual, Object expected) {
    if (expected instanceof List<?> values) {
      assertThat(actual.size()).isEqualTo(values.size());
      for (int i = 0; i < values.size(); i++) {
        assertThatEqual(actual.get(i), values.get(i));
      }
    } else if (expected instanceof Float value) {
      assertThat(actual.doubleValue()).isCloseTo(value, TOLERANCE);
    } else {
      assertThat(actual.asText()).isEqualTo(expected.toString());
    }
  }
}
