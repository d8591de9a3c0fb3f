package io.penstock.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.PenstockConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the environment and secret files do to a configuration, and what of it is shown. */
final class OverridesAndSecretsTest {

  @TempDir private Path folder;
  private ConfigFiles files = new ConfigFiles(Path.of(""));

  @BeforeEach
  void setUp() {
    files = new ConfigFiles(folder);
  }

  @Test
  void shouldTakeOverridesFromTheEnvironment() {
    EffectiveConfig effective =
        files.load(
            ConfigFiles.MINIMAL.replace("{topic: payments}", "{topic: p, fields: {v: [v1, v2]}}"),
            Map.of(
                "PENSTOCK_KAFKA__BOOTSTRAP_SERVERS", "other:9092",
                "PENSTOCK_KAFKA__PRODUCER_LINGER_MS", "3",
                "PENSTOCK_REGISTRY__BASIC_AUTH_USER_INFO", "u:pw",
                "PENSTOCK_PIPELINES__PAYMENTS_FRAUD__BATCH__ROWS", "32",
                "PENSTOCK_PIPELINES__PAYMENTS_FRAUD__INPUT__FIELDS__V", "a, b.c",
                "PENSTOCK_PIPELINES__PAYMENTS_FRAUD__KAFKA__COMMIT_INTERVAL_MS", "50",
                "PENSTOCK_HTTP__LISTEN", "0.0.0.0:80",
                "PENSTOCK_SERVICE", "rating"));

    PenstockConfig config = effective.config();
    var pipeline = config.pipeline("payments-fraud");
    assertThat(config.service()).isEqualTo("rating");
    assertThat(config.kafka())
        .containsOnly(
            Map.entry("bootstrap.servers", "other:9092"), Map.entry("producer.linger.ms", "3"));
    assertThat(config.registry()).containsEntry("basic.auth.user.info", "u:pw");
    assertThat(pipeline.batch().rows()).isEqualTo(32);
    assertThat(pipeline.batch().maxInFlightRows()).isEqualTo(128);
    assertThat(pipeline.input().fields()).containsEntry("v", List.of("a", "b.c"));
    assertThat(pipeline.kafka()).containsEntry("commit.interval.ms", "50");
    assertThat(config.http().listen()).hasToString("0.0.0.0:80");
    assertThat(effective.entries())
        .contains(
            new EffectiveConfig.Entry(
                "kafka.bootstrap.servers",
                "other:9092",
                "environment PENSTOCK_KAFKA__BOOTSTRAP_SERVERS"));
  }

  @Test
  void shouldRefuseOverridesThatMatchNothingOrAreIllegal() {
    List<String> problems =
        files.problems(
            ConfigFiles.MINIMAL,
            Map.of(
                "PENSTOCK_INFERENCE__THREDS", "4",
                "PENSTOCK_MODELS__OTHER__PATH", "/x",
                "PENSTOCK_HTTP__LISTEN", "",
                "PENSTOCK_PIPELINES__PAYMENTS_FRAUD__BATCH__MAX_ROWS", "64"));

    assertThat(problems)
        .containsExactly(
            "environment PENSTOCK_HTTP__LISTEN: http.listen: empty (expected: host:port such as"
                + " 127.0.0.1:8080; port 0 takes a free one)",
            "environment PENSTOCK_INFERENCE__THREDS: matches no key (expected: PENSTOCK_ and a"
                + " key's path in upper case, __ between levels, _ for . and -; did you mean"
                + " PENSTOCK_INFERENCE__THREADS?)",
            "environment PENSTOCK_MODELS__OTHER__PATH: matches no key (expected: PENSTOCK_ and a"
                + " key's path in upper case, __ between levels, _ for . and -)",
            "environment PENSTOCK_PIPELINES__PAYMENTS_FRAUD__BATCH__MAX_ROWS:"
                + " pipelines.payments-fraud.batch.max-rows: not used with mode: fixed, which has"
                + " rows (expected: nothing)");
  }

  @Test
  void shouldRefuseAnOverrideThatTwoKeysAnswerTo() {
    String text =
        ConfigFiles.MINIMAL.replace(
            "    path: models/fraud\n",
            "    path: models/fraud\n  a-b: {path: x}\n  a.b: {path: y}\n");

    assertThat(files.problems(text)).isEmpty();
    assertThat(files.problems(text, Map.of("PENSTOCK_MODELS__A_B__PATH", "z")))
        .containsExactly(
            "environment PENSTOCK_MODELS__A_B__PATH: models.a.b.path: ambiguous (expected: one key"
                + " of that name; it also stands for models.a-b.path)");
  }

  @Test
  void shouldLeaveReservedVariablesAndServiceLinksAlone() {
    assertThat(
            files.problems(
                ConfigFiles.MINIMAL,
                Map.of(
                    "PENSTOCK_LOG_LEVEL", "DEBUG",
                    "PENSTOCK_LOG_FORMAT", "json",
                    "PENSTOCK_CONFIG", "fraud.yaml",
                    "PENSTOCK_SERVICE_HOST", "10.0.0.1",
                    "PENSTOCK_SERVICE_PORT_HTTP", "8080",
                    "PENSTOCK_PORT", "tcp://10.0.0.1:8080",
                    "PENSTOCK_PORT_8080_TCP_ADDR", "10.0.0.1",
                    "PENSTOCK_METRICS_SERVICE_PORT", "9100",
                    "PATH", "/bin")))
        .isEmpty();
  }

  @Test
  void shouldResolveSecrets() throws Exception {
    Path properties = Files.writeString(folder.resolve("k.properties"), "jaas=the jaas\n");
    Path token = Files.writeString(folder.resolve("token"), "the token\n");

    PenstockConfig config =
        files
            .load(
                ConfigFiles.MINIMAL
                    .replace(
                        "  schema.registry.url: http://registry:8081",
                        """
                      schema.registry.url: ${env:REGISTRY}/x
                      basic.auth.user.info: ${env:USER}:${env:PASS}
                    """)
                    .replace(
                        "  bootstrap.servers: kafka:9092",
                        """
                          bootstrap.servers: kafka:9092
                          ssl.key.password: ${file:%s}
                          ssl.keystore.password: ${directory:%s:token}
                          sasl.jaas.config: ${file:%s:jaas}
                        """
                            .formatted(token, folder, properties)),
                Map.of("REGISTRY", "http://r:1", "USER", "u$1", "PASS", "p\\w"))
            .config();

    assertThat(config.registry())
        .containsEntry("schema.registry.url", "http://r:1/x")
        .containsEntry("basic.auth.user.info", "u$1:p\\w");
    assertThat(config.kafka())
        .containsEntry("ssl.key.password", "the token")
        .containsEntry("ssl.keystore.password", "the token")
        .containsEntry("sasl.jaas.config", "the jaas");
  }

  @Test
  void shouldRefuseReferencesThatLeadNowhere() throws Exception {
    Path properties = Files.writeString(folder.resolve("k.properties"), "a=b\n");
    String text =
        ConfigFiles.MINIMAL.replace(
            "  schema.registry.url: http://registry:8081",
            """
              schema.registry.url: ${env:REGISTRY}
              a: ${file:/nowhere}
              b: ${file:/nowhere:x}
              c: ${file:%s:x}
              d: ${vault:x}
              e: ${directory:/nowhere:x}
              f: ${directory:%s:../x}
            """
                .formatted(properties, folder));

    assertThat(files.problems(text))
        .containsExactly(
            "fraud.yaml:5: registry.schema.registry.url: ${env:REGISTRY}: environment variable"
                + " REGISTRY is not set",
            "fraud.yaml:6: registry.a: ${file:/nowhere}: file /nowhere cannot be read",
            "fraud.yaml:7: registry.b: ${file:/nowhere:x}: file /nowhere cannot be read",
            "fraud.yaml:8: registry.c: ${file:k.properties:x}: file k.properties has no key x",
            "fraud.yaml:9: registry.d: ${vault:x}: unknown reference (expected: ${env:NAME},"
                + " ${file:/path}, ${file:/path.properties:key} or ${directory:/path:name})",
            "fraud.yaml:10: registry.e: ${directory:/nowhere:x}: directory /nowhere has no file x",
            "fraud.yaml:11: registry.f: ${directory:"
                + folder
                + ":../x}: directory "
                + folder
                + " has no file ../x");
  }

  @Test
  void shouldShowNoSecret() throws Exception {
    Path properties = Files.writeString(folder.resolve("k.properties"), "key=planted-file\n");
    String secrets =
        """
        service: scoring
        kafka:
          bootstrap.servers: ${env:BOOTSTRAP}
          sasl.jaas.config: planted-jaas
          ssl.key.password: planted-password
          ssl.keystore.key: |
            planted-pem
            planted-pem
          sasl.oauthbearer.client.credentials.client.secret: planted-secret
          sasl.oauthbearer.token.endpoint.url: https://planted-idp@idp/token
          producer.ssl.truststore.password: planted-prefixed
        registry:
          schema.registry.url: http://planted-user:planted-url@registry:8081
          ssl.key.password: ${file:%s:key}
          ssl.keystore.location: client.p12
        """
            .formatted(properties);
    String text = ConfigFiles.MINIMAL.replaceFirst("(?s)service.*?(?=models:)", "");
    Map<String, String> environment =
        Map.of(
            "BOOTSTRAP", "planted:9092",
            "PENSTOCK_REGISTRY__SSL_KEYSTORE_PASSWORD", "planted-override");

    EffectiveConfig effective = files.load(secrets + text, environment);

    assertThat(effective.show())
        .contains("kafka.sasl.jaas.config: ********", "http://********@registry:8081")
        .contains("endpoint.url: https://********@idp/token")
        .doesNotContain("planted");
    assertThat(effective.config()).asString().doesNotContain("planted");
    assertThat(effective.config().kafka()).containsEntry("bootstrap.servers", "planted:9092");
  }

  @Test
  void shouldShowNoSecretInAProblem() {
    List<String> problems =
        files.problems(
            ConfigFiles.MINIMAL.replace(
                "kafka:9092",
                "kafka:9092\n  retries: ${env:PLANTED}\n  delivery.timeout.ms: ${env:PLANTED}"),
            Map.of("PLANTED", "planted"));

    assertThat(problems).hasSize(2).noneMatch(problem -> problem.contains("planted"));
  }

  @Test
  void shouldShowEveryKeyWithItsOrigin() {
    String shown =
        files
            .load(ConfigFiles.MINIMAL, Map.of("PENSTOCK_INFERENCE__THREADS", "3"))
            .show()
            .replace(folder + "/", "");

    assertThat(shown.lines().map(line -> line.replaceAll(" +# ", " # ")))
        .contains(
            "service: scoring # fraud.yaml:1",
            "inference.threads: 3 # environment PENSTOCK_INFERENCE__THREADS",
            "models.fraud.promotion: manual # default",
            "pipelines.payments-fraud.input.topic: payments # fraud.yaml:13");
  }
}
