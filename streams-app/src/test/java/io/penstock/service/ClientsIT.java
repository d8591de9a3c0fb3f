package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients of other makers, each in a process of its own: what they write is read, and what is
 * written they read, on a real broker and a real registry. The programs are in {@code
 * src/test/clients/avro}; {@code -Pclients} fetches what they need, from npm too.
 */
@Tag("clients")
class ClientsIT {

  private static final String SERVICE = "clients";
  private static final Offset<Double> TOLERANCE = Offset.offset(1e-5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String SCHEMA =
      """
      {"type": "record", "name": "Scan", "namespace": "io.penstock.clients", "fields": [
        {"name": "id", "type": "long"},
        {"name": "label", "type": ["null", "string"], "default": null},
        {"name": "source", "type": {"type": "enum", "name": "Source",
          "symbols": ["CAMERA", "FILE"]}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "tags", "type": {"type": "map", "values": "string"}},
        {"name": "pixels", "type": {"type": "array", "items": "float"}}]}
      """;

  private static final List<String> COPIED = List.of("id", "label", "source", "at", "tags");

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;
  private static ServiceUnderTest service;
  private static ClientFolder programs;

  private enum Client {
    CONFLUENT_FOR_JAVA("io.confluent:kafka-avro-serializer"),
    KAFKAJS("@kafkajs/confluent-schema-registry"),
    CONFLUENT_FOR_NODE("@confluentinc/schemaregistry");

    private final String library;

    Client(String library) {
      this.library = library;
    }

    String topic() {
      return name().toLowerCase(Locale.ROOT);
    }

    List<String> command() {
      return this == CONFLUENT_FOR_JAVA
          ? List.of(
              Path.of(System.getProperty("java.home"), "bin/java").toString(),
              "-cp",
              ClientFolder.fetched().resolve("confluent.jar") + File.pathSeparator + jackson(),
              ClientFolder.programs().resolve("avro/ConfluentClient.java").toString())
          : List.of("node", "clients.js");
    }

    /** For the program itself: Confluent's classes have a copy of their own. */
    private static String jackson() {
      try (Stream<Path> jars =
          Files.list(Penstock.root().resolve("streams-app/target/penstock/lib"))) {
        return jars.map(Path::toString)
            .filter(jar -> jar.matches(".*/jackson-(annotations|core|databind)-.*"))
            .collect(Collectors.joining(File.pathSeparator));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    String pipeline() {
      return """
               %1$s:
                 model: digits
                 start-from: earliest
                 input: {topic: %1$s, format: avro}
                 output: {topic: out-%1$s, format: avro, copy: %2$s}
                 dead-letters: {topic: dead-%1$s}
             """
          .formatted(topic(), COPIED);
    }
  }

  @BeforeAll
  static void serve() throws Exception {
    programs = ClientFolder.withPackages("avro", "clients.js", folder);
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    bench.createControlTopics(SERVICE);
    StringBuilder pipelines = new StringBuilder();
    for (Client client : Client.values()) {
      String topic = client.topic();
      bench.createTopics(1, topic, "out-" + topic, "dead-" + topic);
      // The types of what is copied: a version is prepared before anybody writes.
      bench.registry().register(topic + "-value", Workbench.schema(SCHEMA));
      pipelines.append(client.pipeline());
    }
    Path config =
        bench.writeConfig(
            "clients.yaml",
            SERVICE,
            """
            models:
              digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
            pipelines:
            %s"""
                .formatted(bench.installVersion("digits", 1), pipelines));
    service = ServiceUnderTest.start(config, folder, SERVICE);
    service.awaitReady();
  }

  @AfterAll
  static void tearDown() {
    service.close();
    records.close();
    bench.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldReadWhatItWritesAndWriteWhatItReads(Client client) throws Exception {
    JsonNode golden = Workbench.golden("digits", 1);
    ArrayNode scans = scans(golden.at("/inputs/pixels"));
    ObjectNode task =
        JSON.createObjectNode()
            .put("client", client.library)
            .put("bootstrapServers", bench.stack().bootstrapServers())
            .put("registryUrl", bench.stack().registryUrl())
            .put("input", client.topic())
            .put("output", "out-" + client.topic())
            .put("schema", SCHEMA);
    task.set("records", scans);

    List<String> predictions = programs.run(client.command(), task.toString(), client.topic());

    assertThat(predictions).hasSize(scans.size());
    for (int row = 0; row < predictions.size(); row++) {
      JsonNode prediction = JSON.readTree(predictions.get(row));
      for (String field : COPIED) {
        assertThat(prediction.get(field)).as(field).isEqualTo(read(scans.get(row).get(field)));
      }
      assertThat(prediction.get("digit").asLong())
          .isEqualTo(Example.row(golden.at("/outputs/digit"), row));
      List<?> expected = (List<?>) Example.row(golden.at("/outputs/probabilities"), row);
      assertThat(prediction.get("probabilities")).hasSize(expected.size());
      for (int i = 0; i < expected.size(); i++) {
        assertThat(prediction.get("probabilities").get(i).doubleValue())
            .isCloseTo((Float) expected.get(i), TOLERANCE);
      }
    }
    assertThat(records.list("dead-" + client.topic())).isEmpty();
  }

  /** A golden row each, with fields of every kind that clients differ in. */
  private static ArrayNode scans(JsonNode pixels) {
    ArrayNode scans = JSON.createArrayNode();
    for (int row = 0; row < pixels.at("/shape/0").asInt(); row++) {
      ObjectNode scan = scans.addObject();
      scan.put("id", (1L << 40) + row);
      scan.put("label", row % 2 == 0 ? null : "größer");
      scan.put("source", row % 3 == 0 ? "CAMERA" : "FILE");
      scan.put("at", 1_700_000_000_000L + row);
      scan.putObject("tags").put("row", String.valueOf(row));
      scan.set("pixels", JSON.valueToTree(Example.row(pixels, row)));
    }
    return scans;
  }

  /** As it is parsed: a number is an int where it fits, whatever it was made of. */
  private static JsonNode read(JsonNode value) throws IOException {
    return JSON.readTree(value.toString());
  }
}
