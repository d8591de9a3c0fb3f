package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.metrics.Metric;
import io.penstock.testkit.Await;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every metric of the list, with a value that work has left; and what else a service tells. */
class MetricsIT {

  private static final String SERVICE = "measured";
  private static final int GOOD = 40;

  /**
   * What a pipeline that keeps up has nothing of when all its records are gone; and a commit waits
   * only if it meets records on their way.
   */
  private static final Set<Metric> OF_THE_MOMENT =
      Set.of(
          Metric.COMMIT_DRAIN,
          Metric.RECORDS_IN_FLIGHT,
          Metric.ROWS_IN_FLIGHT,
          Metric.BYTES_IN_FLIGHT,
          Metric.LEASES,
          Metric.LAG,
          Metric.REQUEST_ROWS,
          // StragglersIT has some.
          Metric.STRAGGLERS);

  private static final Schema SCHEMA =
      Workbench.schema(
          """
          {"type": "record", "name": "Review", "namespace": "io.penstock.service",
           "fields": [{"name": "tokens", "type": {"type": "array", "items": "long"}}]}
          """);

  @TempDir private static Path folder;

  /** What some secret keys hold, none of which is needed to reach this broker. */
  private static final String SECRET = "planted-secret";

  private static Path config;
  private static Map<String, String> environment;
  private static Workbench bench;
  private static CommittedRecords records;
  private static ServiceUnderTest service;

  @BeforeAll
  static void serve() throws IOException {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    bench.createControlTopics(SERVICE);
    bench.createTopics(1, "reviews", "sentiments", "dead");
    config =
        bench.writeConfig(
            "measured.yaml",
            SERVICE,
            """
            inference: {native-memory: 4GiB}
            models:
              reviews: {path: "%s", settle: 300ms, poll-interval: 100ms}
            pipelines:
              feelings:
                model: reviews
                start-from: earliest
                input: {topic: reviews, format: avro}
                output: {topic: sentiments, format: avro}
                dead-letters: {topic: dead}
                batch: {rows: 32, allowed-sizes: [32], padding: {tokens: 0}}
            """
                .formatted(bench.installVersion("reviews", 1)));
    int schemaId = bench.registry().register("reviews-value", SCHEMA);
    for (int i = 0; i < GOOD; i++) {
      send(Workbench.framed(schemaId, review(List.of(1L, 2L + i))));
    }
    send(Workbench.framed(schemaId, review(List.of(1L, 5000L))));
    send(new byte[] {1, 2, 3});
    Path password = Files.writeString(folder.resolve("password"), SECRET + "-in-a-file\n");
    environment =
        Map.of(
            "PENSTOCK_LOG_FORMAT",
            "json",
            "PENSTOCK_LOG_LEVEL",
            "debug",
            "PENSTOCK_KAFKA__SSL_KEY_PASSWORD",
            "${file:" + password + "}",
            "PENSTOCK_KAFKA__SASL_JAAS_CONFIG",
            SECRET + "-in-jaas",
            "PENSTOCK_REGISTRY__BASIC_AUTH_USER_INFO",
            "penstock:${env:PLANTED}",
            "PLANTED",
            SECRET + "-in-the-environment");
    service = ServiceUnderTest.start(config, folder, SERVICE, environment);
    records.await("sentiments", GOOD);
    records.await("dead", 2);
    assertThat(
            service
                .post("/v1/models/reviews:predict", "{\"instances\": [{\"tokens\": [1, 2]}]}")
                .statusCode())
        .isEqualTo(200);
  }

  private static GenericData.Record review(List<Long> words) {
    GenericData.Record review = new GenericData.Record(SCHEMA);
    review.put("tokens", words);
    return review;
  }

  private static void send(byte[] value) {
    bench.send(new ProducerRecord<>("reviews", value));
  }

  @AfterAll
  static void tearDown() {
    service.close();
    records.close();
    bench.close();
  }

  @Test
  void shouldHaveAValueOfEachMetric() {
    // A request is counted once its answer is on its way.
    Await.until(
        "the request is counted",
        10,
        () -> positive(samples().getOrDefault(sampled(Metric.REQUESTS), Set.of())));
    Map<String, Collection<String>> samples = samples();

    for (Metric metric : Metric.values()) {
      Collection<String> of = samples.getOrDefault(sampled(metric), Set.of());
      assertThat(of).as(metric.prometheusName()).isNotEmpty();
      if (!OF_THE_MOMENT.contains(metric)) {
        assertThat(of)
            .as(metric.prometheusName())
            .anySatisfy(sample -> assertThat(value(sample)).isPositive());
      }
      assertThat(labels(of)).as(metric.prometheusName()).containsAll(metric.labels());
    }
  }

  @Test
  void shouldMeasureNothingOfItsOwnThatIsNotListed() {
    Set<String> listed =
        List.of(Metric.values()).stream().map(MetricsIT::sampled).collect(Collectors.toSet());

    assertThat(samples().keySet())
        .filteredOn(name -> name.startsWith("penstock_"))
        .filteredOn(name -> !name.matches(".*_(bucket|sum|max)"))
        .isSubsetOf(listed);
  }

  @Test
  void shouldCountWhatBecameOfTheRecords() {
    Await.until(
        "all is counted",
        10,
        () ->
            service.metrics().contains("penstock_predictions_total{pipeline=\"feelings\"} 40.0")
                && service
                    .metrics()
                    .contains("penstock_record_latency_seconds_count{pipeline=\"feelings\"} 42"));
    assertThat(service.metrics())
        .contains(
            "penstock_records_in_total{pipeline=\"feelings\"} 42.0",
            "penstock_dead_letters_total{pipeline=\"feelings\",reason=\"INFERENCE_FAILED\"} 1.0",
            "penstock_dead_letters_total{pipeline=\"feelings\",reason=\"MALFORMED\"} 1.0",
            "penstock_record_latency_seconds_count{pipeline=\"feelings\"} 42",
            "penstock_cutovers_total{pipeline=\"feelings\"} 1.0",
            "penstock_promotions_total{model=\"reviews\",step=\"activated\"} 1.0",
            "penstock_promotions_total{model=\"reviews\",step=\"aborted\"} 0.0",
            "penstock_inference_threads{state=\"abandoned\"} 0.0",
            "penstock_control_plane_state{state=\"FOLLOWING\"} 1.0",
            "penstock_pipeline_state{pipeline=\"feelings\",state=\"RUNNING\"} 1.0",
            "penstock_model_active_version{model=\"reviews\",version=\"1\"} 1.0",
            "penstock_model_version_state{model=\"reviews\",state=\"AVAILABLE\",version=\"1\"} 1.0");
  }

  @Test
  void shouldMeasureKafkaAndTheVirtualMachineToo() {
    assertThat(samples())
        .containsKeys(
            "kafka_consumer_fetch_manager_records_consumed_total",
            "kafka_producer_record_send_total",
            "kafka_stream_thread_commit_total",
            "jvm_memory_used_bytes",
            "jvm_gc_memory_allocated_bytes_total",
            "process_cpu_usage",
            "process_uptime_seconds");
  }

  @Test
  void shouldSayInItsStatusHowFarItIs() {
    // given
    Await.until(
        "all is committed",
        30,
        () -> partition().path("committed").asLong() == GOOD + 2 && partition().has("lag"));
    // when
    JsonNode status = service.json("/status");
    // then
    assertThat(status.path("service").asText()).isEqualTo(SERVICE);
    assertThat(status.at("/pipelines/feelings/state").asText()).isEqualTo("RUNNING");
    assertThat(partition().path("topic").asText()).isEqualTo("reviews");
    assertThat(status.at("/fleet/reviews/phase").asText()).isEqualTo("ACTIVE");
    assertThat(status.at("/fleet/reviews/active").asLong()).isEqualTo(1);
  }

  private static JsonNode partition() {
    return service.json("/status").at("/pipelines/feelings/partitions/0");
  }

  @Test
  void shouldAnswerTheSignaturesOfAModelAsTensorFlowServingDoes() {
    JsonNode metadata = service.json("/v1/models/reviews/metadata");

    assertThat(metadata.at("/model_spec/version").asText()).isEqualTo("1");
    JsonNode signature = metadata.at("/metadata/signature_def/signature_def/serving_default");
    assertThat(signature.path("method_name").asText()).isEqualTo("tensorflow/serving/predict");
    JsonNode tokens = signature.at("/inputs/tokens");
    assertThat(tokens.path("dtype").asText()).startsWith("DT_INT");
    assertThat(tokens.at("/tensor_shape/dim/0/size").asText()).isEqualTo("-1");
    assertThat(tokens.path("name").asText()).contains(":0");
  }

  @Test
  void shouldLogOneObjectALineThatSaysWhatItIsAbout() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    String log = Files.readString(folder.resolve(SERVICE + ".log"));
    // The last line may be half written.
    for (String line : log.substring(0, log.lastIndexOf('\n')).lines().toList()) {
      if (line.startsWith("{")) {
        lines.add(new ObjectMapper().readTree(line));
      }
    }

    assertThat(lines)
        .isNotEmpty()
        .allMatch(line -> line.hasNonNull("@timestamp") && line.hasNonNull("message"))
        .anyMatch(
            line ->
                line.path("message").asText().contains("is loaded and warm")
                    && line.path("model").asText().equals("reviews")
                    && line.path("version").asText().equals("1"));
  }

  @Test
  void shouldShowNoSecretAnywhere() throws IOException {
    String file = config.toString();
    Path log = folder.resolve("commands.log");
    Penstock.run(60, log, environment, "config", "show", "--config", file);
    Penstock.run(60, log, environment, "config", "check", "--config", file);

    assertThat(log).content().contains("kafka.sasl.jaas.config: ********").doesNotContain(SECRET);
    assertThat(folder.resolve(SERVICE + ".log")).content().doesNotContain(SECRET);
    assertThat(service.metrics()).doesNotContain(SECRET);
    for (String path : List.of("/health/ready", "/status", "/v1/models/reviews")) {
      assertThat(service.json(path).toString()).as(path).doesNotContain(SECRET);
    }
    assertThat(service.commandLine()).doesNotContain(SECRET);
  }

  /** Samples by name. */
  private static Map<String, Collection<String>> samples() {
    Map<String, Collection<String>> samples = new TreeMap<>();
    service
        .metrics()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> samples.computeIfAbsent(line.split("[{ ]")[0], n -> new TreeSet<>()).add(line));
    return samples;
  }

  private static String sampled(Metric metric) {
    return metric.prometheusType().equals("histogram")
        ? metric.prometheusName() + "_count"
        : metric.prometheusName();
  }

  private static boolean positive(Collection<String> samples) {
    return samples.stream().anyMatch(sample -> value(sample) > 0);
  }

  private static double value(String sample) {
    return Double.parseDouble(sample.substring(sample.lastIndexOf(' ') + 1));
  }

  private static Set<String> labels(Collection<String> samples) {
    return samples.stream()
        .filter(sample -> sample.contains("{"))
        .flatMap(
            sample ->
                List.of(sample.substring(sample.indexOf('{') + 1, sample.indexOf('}')).split(","))
                    .stream())
        .map(label -> label.split("=")[0].toLowerCase(Locale.ROOT))
        .collect(Collectors.toSet());
  }
}
