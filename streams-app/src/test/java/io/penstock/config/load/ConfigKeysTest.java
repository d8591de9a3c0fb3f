package io.penstock.config.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.penstock.config.BatchConfig;
import io.penstock.config.ControlConfig;
import io.penstock.config.DataSize;
import io.penstock.config.FitnessConfig;
import io.penstock.config.GrpcConfig;
import io.penstock.config.HttpConfig;
import io.penstock.config.InferenceConfig;
import io.penstock.config.ModelConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.config.RequestsConfig;
import io.penstock.config.StartFrom;
import io.penstock.config.VersionsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every key there is: its default, and that what a file says arrives in the records. */
final class ConfigKeysTest {

  @TempDir private Path folder;

  @Test
  void shouldFillInEveryDefault() {
    EffectiveConfig effective = new ConfigFiles(folder).load(ConfigFiles.MINIMAL);

    Map<String, String> defaults =
        effective.entries().stream()
            .filter(e -> e.origin().equals("default"))
            .collect(Collectors.toMap(EffectiveConfig.Entry::key, EffectiveConfig.Entry::value));
    assertThat(defaults)
        .containsOnly(
            entry("control.heartbeat-interval", "1s"),
            entry("control.liveness-timeout", "10s"),
            entry("control.prepare-timeout", "5m"),
            entry("control.retain-for", "1h"),
            entry("control.stragglers", "new-version"),
            entry("control.max-staleness", "15s"),
            entry("control.when-stale", "pause"),
            entry("inference.threads", "6"),
            entry("inference.max-in-flight-rows", "100000"),
            entry("inference.max-in-flight-bytes", "256MiB"),
            entry("inference.intra-op-threads", "1"),
            entry("inference.inter-op-threads", "-1"),
            entry("inference.run-timeout", "30s"),
            entry("inference.max-abandoned-threads", "2"),
            entry("inference.load-threads", "1"),
            entry("inference.native-memory", "unlimited"),
            entry("models.fraud.complete-when", "settled"),
            entry("models.fraud.settle", "2s"),
            entry("models.fraud.follow-links", "inside"),
            entry("models.fraud.poll-interval", "1s"),
            entry("models.fraud.versions.policy", "latest"),
            entry("models.fraud.versions.count", "1"),
            entry("models.fraud.transition", "availability-preserving"),
            entry("models.fraud.load-retries", "2"),
            entry("models.fraud.load-retry-interval", "1s"),
            entry("models.fraud.promotion", "manual"),
            entry("models.fraud.native-memory", "unlimited"),
            entry("models.fraud.fitness.golden-checks", "optional"),
            entry("models.fraud.fitness.finite-outputs", "required"),
            entry("models.fraud.fitness.load-timeout", "10m"),
            entry("pipelines.payments-fraud.signature", "serving_default"),
            entry("pipelines.payments-fraud.guarantee", "exactly_once_v2"),
            entry("pipelines.payments-fraud.input.format", "avro"),
            entry("pipelines.payments-fraud.input.tombstones", "dead-letter"),
            entry("pipelines.payments-fraud.output.format", "avro"),
            entry("pipelines.payments-fraud.dead-letters.format", "avro"),
            entry("pipelines.payments-fraud.batch.mode", "fixed"),
            entry("pipelines.payments-fraud.batch.rows", "128"),
            entry("pipelines.payments-fraud.output.top-classes.count", "1"),
            entry("pipelines.payments-fraud.output.non-finite", "pass"),
            entry("pipelines.payments-fraud.batch.bytes", "16MiB"),
            entry("pipelines.payments-fraud.batch.linger", "5ms"),
            entry("pipelines.payments-fraud.batch.max-in-flight-rows", "512"),
            entry("pipelines.payments-fraud.batch.max-in-flight-bytes", "64MiB"),
            entry("pipelines.payments-fraud.on-model-failure", "halt"),
            entry("pipelines.payments-fraud.share", "1"),
            entry("pipelines.payments-fraud.threads", "1"),
            entry("http.listen", "127.0.0.1:8080"),
            entry("requests.batch.rows", "128"),
            entry("requests.batch.bytes", "16MiB"),
            entry("requests.batch.linger", "2ms"),
            entry("requests.share", "1"),
            entry("requests.max-queued-rows", "8192"),
            entry("requests.max-queued-bytes", "64MiB"),
            entry("requests.max-body", "16MiB"),
            entry("requests.timeout", "30s"));
  }

  @Test
  void shouldKnowNoOtherKeys() {
    EffectiveConfig effective = new ConfigFiles(folder).load(ConfigFiles.MINIMAL);

    assertThat(effective.entries())
        .filteredOn(e -> !e.origin().equals("default"))
        .extracting(EffectiveConfig.Entry::key)
        .containsExactly(
            "service",
            "kafka.bootstrap.servers",
            "registry.schema.registry.url",
            "models.fraud.path",
            "pipelines.payments-fraud.model",
            "pipelines.payments-fraud.start-from",
            "pipelines.payments-fraud.input.topic",
            "pipelines.payments-fraud.output.topic",
            "pipelines.payments-fraud.dead-letters.topic");
  }

  @Test
  void shouldCarryTheDefaultsInTheRecords() {
    PenstockConfig config = new ConfigFiles(folder).load(ConfigFiles.MINIMAL).config();

    assertThat(config.control())
        .isEqualTo(
            new ControlConfig(
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                ControlConfig.Stragglers.NEW_VERSION,
                Duration.ofSeconds(15),
                ControlConfig.WhenStale.PAUSE));
    assertThat(config.inference())
        .isEqualTo(
            new InferenceConfig(
                6,
                100_000,
                DataSize.ofMebibytes(256),
                1,
                -1,
                Duration.ofSeconds(30),
                2,
                1,
                DataSize.UNLIMITED));
    assertThat(config.models())
        .containsExactly(
            entry(
                "fraud",
                new ModelConfig(
                    folder.resolve("models/fraud"),
                    ModelConfig.CompleteWhen.SETTLED,
                    Duration.ofSeconds(2),
                    "_SUCCESS",
                    ModelConfig.FollowLinks.INSIDE,
                    Duration.ofSeconds(1),
                    new VersionsConfig(VersionsConfig.Policy.LATEST, 1, List.of()),
                    ModelConfig.Transition.AVAILABILITY_PRESERVING,
                    2,
                    Duration.ofSeconds(1),
                    ModelConfig.Promotion.MANUAL,
                    DataSize.UNLIMITED,
                    new FitnessConfig(
                        FitnessConfig.Need.OPTIONAL,
                        FitnessConfig.Need.REQUIRED,
                        Duration.ofMinutes(10)))));
    assertThat(config.pipelines())
        .containsExactly(
            entry(
                "payments-fraud",
                new PipelineConfig(
                    "fraud",
                    "serving_default",
                    PipelineConfig.Guarantee.EXACTLY_ONCE_V2,
                    StartFrom.End.EARLIEST,
                    new PipelineConfig.Input(
                        "payments",
                        "avro",
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        PipelineConfig.Tombstones.DEAD_LETTER,
                        Map.of(),
                        config.pipeline("payments-fraud").input().where()),
                    new PipelineConfig.Output(
                        "fraud-scores",
                        "avro",
                        List.of(),
                        null,
                        List.of(),
                        null,
                        PipelineConfig.NonFinite.PASS,
                        Map.of()),
                    new PipelineConfig.DeadLetters(
                        "fraud-dead", PipelineConfig.DeadLetterFormat.AVRO),
                    new BatchConfig(
                        null,
                        128,
                        DataSize.ofMebibytes(16),
                        List.of(),
                        null,
                        Duration.ofMillis(5),
                        null,
                        Map.of(),
                        List.of(),
                        512,
                        DataSize.ofMebibytes(64)),
                    PipelineConfig.OnModelFailure.HALT,
                    1,
                    1,
                    Map.of())));
    assertThat(config.http())
        .isEqualTo(HttpConfig.plain(new HttpConfig.Address("127.0.0.1", 8080)));
  }

  @Test
  void shouldReadWhomTheAdminServerAnswers() {
    EffectiveConfig effective =
        new ConfigFiles(folder)
            .load(
                ConfigFiles.MINIMAL
                    + "http: {token-file: token, tls: {keystore: tls/a.p12,"
                    + " keystore-password: planted}}\n");

    HttpConfig http = effective.config().http();
    assertThat(http.tokenFile()).hasValue(folder.resolve("token"));
    assertThat(http.tls()).hasValue(new HttpConfig.Tls(folder.resolve("tls/a.p12"), "planted"));
    assertThat(effective.show()).contains("http.tls.keystore-password: ********");
    assertThat(effective.show() + http).doesNotContain("planted");
  }

  @Test
  void shouldReadTheKeysOfTunedBatches() {
    BatchConfig batch =
        new ConfigFiles(folder)
            .load(ConfigFiles.MINIMAL + "    batch: {mode: auto, latency: 50ms, max-rows: 96}\n")
            .config()
            .pipeline("payments-fraud")
            .batch();

    assertThat(batch.latency()).isEqualTo(Duration.ofMillis(50));
    assertThat(batch.rows()).isEqualTo(96);
    assertThat(batch.maxInFlightRows()).isEqualTo(384);
  }

  @Test
  void shouldReadEveryKey() {
    PenstockConfig config =
        new ConfigFiles(folder)
            .load(
                """
                service: scoring
                kafka: {bootstrap.servers: "a:9092,b:9092", producer.linger.ms: 7}
                registry: {schema.registry.url: "http://registry:8081"}
                control: {heartbeat-interval: 2s, liveness-timeout: PT12S, prepare-timeout: 1h, retain-for: 2h, stragglers: dead-letter, max-staleness: 20s, when-stale: go-on}
                inference: {threads: 4, max-in-flight-rows: 5000, max-in-flight-bytes: 100MiB, intra-op-threads: 2, inter-op-threads: 0, run-timeout: 20s, max-abandoned-threads: 1, load-threads: 2, native-memory: 6GiB}
                models:
                  fraud:
                    path: /models/fraud
                    complete-when: settled
                    settle: 10s
                    follow-links: anywhere
                    poll-interval: 500ms
                    versions: {policy: latest, count: 2}
                    transition: resource-preserving
                    load-retries: 5
                    load-retry-interval: 1m
                    promotion: automatic
                    native-memory: 512MiB
                    fitness: {golden-checks: required, finite-outputs: optional, load-timeout: 2m}
                pipelines:
                  payments:
                    model: fraud
                    signature: classify
                    guarantee: at_least_once
                    start-from: 2026-01-31T00:00:00Z
                    input: {topic: in, format: avro, fields: {amount: amount, country: card.country, v: [v1, v2]}, casts: {amount: narrowing}, defaults: {country: CH}, constants: {threshold: 0.5}, tombstones: pass}
                    output: {topic: out, format: avro, outputs: [classes as labels, scores], top-classes: {of: score, count: 3, labels: assets/labels.txt}, copy: [id, card.country as country], non-finite: dead-letter}
                    dead-letters: {topic: dead, format: json}
                    batch:
                      mode: fixed
                      rows: 64
                      bytes: 500KB
                      allowed-sizes: [1, 8, 64]
                      cost: {input: tokens, max: 8192}
                      linger: 500us
                      max-age: 2m
                      padding: {tokens: 0, text: ""}
                      length-buckets: [16, 64]
                      max-in-flight-rows: 200
                      max-in-flight-bytes: 8MB
                    on-model-failure: roll-back
                    share: 3
                    threads: 2
                    kafka: {commit.interval.ms: 100}
                http: {listen: "[::1]:0"}
                requests: {rest: "0.0.0.0:8501", grpc: {listen: "127.0.0.1:8500", token-file: token, tls: {keystore: own.p12, keystore-password: planted, truststore: clients.p12, truststore-password: planted}}, batch: {rows: 32, allowed-sizes: [8, 32], bytes: 1MiB, linger: 0ms}, share: 2, max-queued-rows: 100, max-queued-bytes: 2MiB, max-body: 3MiB, timeout: 4s}
                """)
            .config();

    PipelineConfig pipeline = config.pipeline("payments");
    assertThat(config.kafka(pipeline))
        .containsOnly(
            entry("bootstrap.servers", "a:9092,b:9092"),
            entry("producer.linger.ms", "7"),
            entry("commit.interval.ms", "100"));
    assertThat(config.control())
        .isEqualTo(
            new ControlConfig(
                Duration.ofSeconds(2),
                Duration.ofSeconds(12),
                Duration.ofHours(1),
                Duration.ofHours(2),
                ControlConfig.Stragglers.DEAD_LETTER,
                Duration.ofSeconds(20),
                ControlConfig.WhenStale.GO_ON));
    assertThat(config.inference())
        .isEqualTo(
            new InferenceConfig(
                4,
                5_000,
                DataSize.ofMebibytes(100),
                2,
                0,
                Duration.ofSeconds(20),
                1,
                2,
                DataSize.ofMebibytes(6144)));
    assertThat(config.model("fraud"))
        .isEqualTo(
            new ModelConfig(
                Path.of("/models/fraud"),
                ModelConfig.CompleteWhen.SETTLED,
                Duration.ofSeconds(10),
                "_SUCCESS",
                ModelConfig.FollowLinks.ANYWHERE,
                Duration.ofMillis(500),
                new VersionsConfig(VersionsConfig.Policy.LATEST, 2, List.of()),
                ModelConfig.Transition.RESOURCE_PRESERVING,
                5,
                Duration.ofMinutes(1),
                ModelConfig.Promotion.AUTOMATIC,
                DataSize.ofMebibytes(512),
                new FitnessConfig(
                    FitnessConfig.Need.REQUIRED,
                    FitnessConfig.Need.OPTIONAL,
                    Duration.ofMinutes(2))));
    assertThat(pipeline)
        .isEqualTo(
            new PipelineConfig(
                "fraud",
                "classify",
                PipelineConfig.Guarantee.AT_LEAST_ONCE,
                new StartFrom.Time(Instant.parse("2026-01-31T00:00:00Z")),
                new PipelineConfig.Input(
                    "in",
                    "avro",
                    Map.of(
                        "amount", List.of("amount"),
                        "country", List.of("card.country"),
                        "v", List.of("v1", "v2")),
                    Map.of("amount", PipelineConfig.Cast.NARROWING),
                    Map.of("country", "CH"),
                    Map.of("threshold", "0.5"),
                    PipelineConfig.Tombstones.PASS,
                    Map.of(),
                    pipeline.input().where()),
                new PipelineConfig.Output(
                    "out",
                    "avro",
                    List.of("classes as labels", "scores"),
                    new PipelineConfig.TopClasses("score", 3, "assets/labels.txt"),
                    List.of("id", "card.country as country"),
                    null,
                    PipelineConfig.NonFinite.DEAD_LETTER,
                    Map.of()),
                new PipelineConfig.DeadLetters("dead", PipelineConfig.DeadLetterFormat.JSON),
                new BatchConfig(
                    null,
                    64,
                    DataSize.ofBytes(500_000),
                    List.of(1, 8, 64),
                    new BatchConfig.Cost("tokens", 8192),
                    Duration.ofNanos(500_000),
                    Duration.ofMinutes(2),
                    Map.of("tokens", "0", "text", ""),
                    List.of(16, 64),
                    200,
                    DataSize.ofBytes(8_000_000)),
                PipelineConfig.OnModelFailure.ROLL_BACK,
                3,
                2,
                Map.of("commit.interval.ms", "100")));
    assertThat(config.http()).isEqualTo(HttpConfig.plain(new HttpConfig.Address("::1", 0)));
    assertThat(config.requests())
        .isEqualTo(
            new RequestsConfig(
                Optional.of(new RequestsConfig.Own(new HttpConfig.Address("0.0.0.0", 8501))),
                Optional.of(
                    new GrpcConfig(
                        new HttpConfig.Address("127.0.0.1", 8500),
                        Optional.of(new HttpConfig.Tls(folder.resolve("own.p12"), "planted")),
                        Optional.of(new HttpConfig.Tls(folder.resolve("clients.p12"), "planted")),
                        Optional.of(folder.resolve("token")))),
                new RequestsConfig.Batching(
                    32, List.of(8, 32), DataSize.ofMebibytes(1), Duration.ZERO),
                2,
                100,
                DataSize.ofMebibytes(2),
                DataSize.ofMebibytes(3),
                Duration.ofSeconds(4)));
    assertThat(config.applicationId("payments")).isEqualTo("scoring-payments");
  }

  @Test
  void shouldAnswerRequestsOnlyWhereThisMachineAloneReachesItUnlessItIsSaid() {
    assertThat(restOf("127.0.0.1:8080", "")).isEqualTo(RequestsConfig.Rest.ADMIN);
    assertThat(restOf("localhost:0", "")).isEqualTo(RequestsConfig.Rest.ADMIN);
    assertThat(restOf("[::1]:0", "")).isEqualTo(RequestsConfig.Rest.ADMIN);
    assertThat(restOf("0.0.0.0:8080", "")).isEqualTo(RequestsConfig.Rest.NONE);
    assertThat(restOf("127.evil.example:8080", "")).isEqualTo(RequestsConfig.Rest.NONE);
    assertThat(restOf("127.0.0.1:8080", "none")).isEqualTo(RequestsConfig.Rest.NONE);
    assertThat(restOf("0.0.0.0:8080", "admin")).isEqualTo(RequestsConfig.Rest.ADMIN);
  }

  private RequestsConfig.Rest restOf(String listen, String rest) {
    return new ConfigFiles(folder)
        .load(
            ConfigFiles.MINIMAL
                + "http: {listen: \"%s\"}\n".formatted(listen)
                + (rest.isEmpty() ? "" : "requests: {rest: %s}\n".formatted(rest)))
        .config()
        .rest();
  }

  @Test
  void shouldCarryWhatOnlySomeChoicesHave() {
    ModelConfig model =
        new ConfigFiles(folder)
            .load(
                ConfigFiles.MINIMAL.replace(
                    "path: models/fraud",
                    "{path: m, complete-when: marker, marker: done,"
                        + " versions: {policy: specific, numbers: [3, 20260131120000]}}"))
            .config()
            .model("fraud");

    assertThat(model.completeWhen()).isEqualTo(ModelConfig.CompleteWhen.MARKER);
    assertThat(model.marker()).isEqualTo("done");
    assertThat(model.versions().policy()).isEqualTo(VersionsConfig.Policy.SPECIFIC);
    assertThat(model.versions().numbers()).containsExactly(3L, 20260131120000L);
  }
}
