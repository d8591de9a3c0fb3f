package io.penstock.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.registry.RegistrySettings.Endpoint;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrySettingsTest {

  private static final String URL = "http://registry:8081";

  @Test
  void shouldHaveDefaultsForEverythingButTheUrl() {
    RegistrySettings settings = settings();

    assertThat(settings)
        .isEqualTo(
            new RegistrySettings(
                List.of(new Endpoint(URI.create(URL + "/"), null)),
                RegistryAccess.BY_URL,
                new TlsStores(null, null, null),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                3,
                Duration.ofMillis(200),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                false,
                false,
                SubjectNames.TOPIC));
  }

  @Test
  void shouldNameTheStrategiesThatThereAre() {
    assertThatThrownBy(() -> settings("value.subject.name.strategy", "com.acme.MyStrategy"))
        .hasMessageContaining(
            "com.acme.MyStrategy (expected: TopicNameStrategy, RecordNameStrategy or"
                + " TopicRecordNameStrategy)");
  }

  @Test
  void shouldNameSubjectsAsConfluentsStrategiesDo() {
    Schema schema = SchemaBuilder.record("Scores").namespace("shop").fields().endRecord();

    assertThat(SubjectNames.TOPIC.of("t", schema)).isEqualTo("t-value");
    assertThat(SubjectNames.RECORD.of("t", schema)).isEqualTo("shop.Scores");
    assertThat(SubjectNames.TOPIC_RECORD.of("t", schema)).isEqualTo("t-shop.Scores");
  }

  @Test
  void shouldTakeConfluentsKeys() {
    RegistrySettings settings =
        settings(
            "http.connect.timeout.ms", "1",
            "http.read.timeout.ms", "2",
            "max.retries", "0",
            "retries.wait.ms", "0",
            "retries.max.wait.ms", "7",
            "missing.id.cache.ttl.sec", "8",
            "auto.register.schemas", "true",
            "normalize.schemas", "true",
            "value.subject.name.strategy",
                "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy",
            "schema.registry.ssl.truststore.location", "/stores/trust.p12",
            "schema.registry.ssl.truststore.password", "secret",
            "schema.registry.ssl.truststore.type", "pkcs12",
            "ssl.keystore.location", "/stores/key.jks",
            "ssl.key.password", "hidden");

    assertThat(settings.connectTimeout()).isEqualTo(Duration.ofMillis(1));
    assertThat(settings.readTimeout()).isEqualTo(Duration.ofMillis(2));
    assertThat(settings.maxRetries()).isZero();
    assertThat(settings.retryWait()).isEqualTo(Duration.ZERO);
    assertThat(settings.retryMaxWait()).isEqualTo(Duration.ofMillis(7));
    assertThat(settings.missingIdTtl()).isEqualTo(Duration.ofSeconds(8));
    assertThat(settings.autoRegister()).isTrue();
    assertThat(settings.normalize()).isTrue();
    assertThat(settings.subjects()).isEqualTo(SubjectNames.TOPIC_RECORD);
    assertThat(settings.tls())
        .isEqualTo(
            new TlsStores(
                new TlsStores.Store(
                    "ssl.truststore", Path.of("/stores/trust.p12"), "secret", "PKCS12"),
                new TlsStores.Store("ssl.keystore", Path.of("/stores/key.jks"), null, "JKS"),
                "hidden"));
  }

  @Test
  void shouldTakeCredentialsFromUserInfoTokenOrUrl() {
    assertThat(settings("basic.auth.user.info", "u:p").endpoints())
        .containsExactly(new Endpoint(URI.create(URL + "/"), "Basic dTpw"));
    assertThat(settings("bearer.auth.token", "t").endpoints())
        .containsExactly(new Endpoint(URI.create(URL + "/"), "Bearer t"));
    assertThat(settings("schema.registry.url", "http://u:p@a:1, https://b/path").endpoints())
        .containsExactly(
            new Endpoint(URI.create("http://a:1/"), "Basic dTpw"),
            new Endpoint(URI.create("https://b/path/"), null));
  }

  @Test
  void shouldAcceptUnsupportedKeysThatSayWhatHappensAnyway() {
    settings("use.latest.version", "false", "specific.avro.reader", "false");
  }

  @Test
  void shouldNeverPrintCredentials() {
    RegistrySettings settings =
        settings(
            "schema.registry.url", "http://user:sesame@a:1",
            "ssl.truststore.location", "t.jks",
            "ssl.truststore.password", "sesame",
            "ssl.key.password", "sesame");

    assertThat(settings.toString()).doesNotContain("sesame").doesNotContain("c2VzYW1l");
    assertThatThrownBy(() -> settings("schema.registry.url", "ftp://user:sesame@a:1"))
        .hasMessageNotContaining("sesame")
        .hasMessageContaining("schema.registry.url: ftp://a:1 (expected: http://host:port");
    assertThatThrownBy(() -> settings("schema.registry.url", "http://user:ses ame@a"))
        .hasNoCause()
        .hasMessageNotContaining("ses ame");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max.retries | many | max.retries: many (expected: a whole number from 0 to 2147483647)",
        "http.read.timeout.ms | 0 | http.read.timeout.ms: 0 (expected: a whole number from 1",
        "auto.register.schemas | yes | auto.register.schemas: yes (expected: true or false)",
        "use.latest.version | true | use.latest.version: true (expected: false;",
        "basic.auth.credentials.source | SASL_INHERIT | SASL_INHERIT (expected: USER_INFO or URL)",
        "basic.auth.credentials.source | NONE | NONE (expected: USER_INFO or URL)",
        "basic.auth.user.info | nocolon | basic.auth.user.info is missing or has no colon",
        "bearer.auth.credentials.source | OAUTHBEARER | bearer.auth.issuer.endpoint.url is missing",
        "bearer.auth.credentials.source | SASL_OAUTHBEARER_INHERIT | (expected: OAUTHBEARER or STATIC_TOKEN)",
        "bearer.auth.credentials.source | CUSTOM | CUSTOM (expected: OAUTHBEARER or STATIC_TOKEN)",
        "bearer.auth.client.id | scoring | bearer.auth.client.id is not used with the credentials that are given",
        "bearer.auth.credentials.source | STATIC_TOKEN | bearer.auth.token is missing",
        "ssl.truststore.password | secret | ssl.truststore.location is missing",
        "proxy.host | squid | proxy.host is a key of Confluent's client that Penstock's own does not",
        "schema.registry.proxy.host | squid | schema.registry.proxy.host is a key of Confluent's",
        "max.retry | 3 | max.retry is no key of a schema registry client (expected: one of [auto.reg",
        "schema.registry.url | registry:8081 | (expected: http://host:port or https://host:port)",
        "schema.registry.url | http://a,,http://b | (expected: http://host:port or https://host:port)"
      })
  void shouldRefuse(String key, String value, String message) {
    assertThatThrownBy(() -> settings(key, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldRefuseWhatCannotBeCombined() {
    assertThatThrownBy(() -> settings("basic.auth.user.info", "u:p", "bearer.auth.token", "t"))
        .hasMessageContaining("basic.auth.* cannot be combined with bearer.auth.*");
    assertThatThrownBy(
            () -> settings("basic.auth.user.info", "u:p", "schema.registry.url", "http://u:p@a"))
        .hasMessageContaining("schema.registry.url carries credentials for a beside");
    assertThatThrownBy(
            () -> settings("ssl.key.password", "a", "schema.registry.ssl.key.password", "b"))
        .hasMessageContaining("are the same setting");
  }

  @Test
  void shouldRefuseToGoWithoutAUrl() {
    assertThatThrownBy(() -> RegistrySettings.of(Map.of()))
        .hasMessage("schema.registry.url is missing (expected: a comma-separated list of URLs)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"absent.jks", ""})
  void shouldNameAStoreThatCannotBeRead(String file, @TempDir Path folder) {
    String location = folder.resolve(file).toString();
    RegistrySettings settings = settings("ssl.truststore.location", location);

    assertThatThrownBy(() -> new RestSchemaRegistry(settings))
        .hasMessageContaining("ssl.truststore.location: " + location)
        .hasMessageContaining("(expected: a readable JKS store");
  }

  private static RegistrySettings settings(String... keysAndValues) {
    Map<String, String> keys = new HashMap<>(Map.of("schema.registry.url", URL));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      keys.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return RegistrySettings.of(keys);
  }
}
