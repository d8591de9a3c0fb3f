package io.penstock.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestSchemaRegistryTest {

  private static final String STRING = "{\"schema\":\"\\\"string\\\"\"}";
  private static final Schema POINT =
      new Schema.Parser()
          .parse(
              "{\"type\":\"record\",\"name\":\"Point\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}");

  private final FakeRegistryServer server = new FakeRegistryServer();
  private final AtomicLong nanos = new AtomicLong();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void shouldAskForAnIdOnce() {
    RestSchemaRegistry registry = registry();
    server.answering(200, STRING);

    assertThat(registry.schemaById(7)).isEqualTo(Schema.create(Schema.Type.STRING));
    assertThat(registry.schemaById(7)).isEqualTo(Schema.create(Schema.Type.STRING));

    assertThat(server.requests()).containsExactly("GET /schemas/ids/7");
  }

  @Test
  void shouldBelieveForAWhileThatAnIdIsUnknown() {
    // given
    RestSchemaRegistry registry = registry();
    server.answering(404, "{\"error_code\":40403,\"message\":\"Schema 7 not found\"}");
    server.answering(200, STRING);

    // when, then
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> registry.schemaById(7))
          .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.isNotFound()).isTrue())
          .hasMessage(
              "Schema registry "
                  + server.url()
                  + "/ answered 404 when asked for schema id 7: Schema 7 not found (error_code:"
                  + " 40403)");
    }
    assertThat(server.requests()).hasSize(1);

    nanos.addAndGet(Duration.ofSeconds(31).toNanos());
    assertThat(registry.schemaById(7)).isEqualTo(Schema.create(Schema.Type.STRING));
  }

  @Test
  void shouldRetryWhatMayPass() {
    server.answering(503, "<html>").answering(429, "").answering(408, "").answering(200, STRING);

    assertThat(registry().schemaById(7)).isEqualTo(Schema.create(Schema.Type.STRING));

    assertThat(server.requests()).hasSize(4);
  }

  @Test
  void shouldGiveUpAfterTheConfiguredRounds() {
    assertThatThrownBy(() -> registry("max.retries", "2").schemaById(7))
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.isRetriable()).isTrue())
        .hasMessageContaining("answered 500 when asked for schema id 7: no answer was prepared")
        .hasMessageContaining("gave up after 3 rounds over [" + server.url() + "/]")
        .hasMessageContaining("max.retries: 2");

    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void shouldNotRetryARefusal() {
    server.answering(401, "{\"error_code\":40101,\"message\":\"Unauthorized\"}");

    assertThatThrownBy(() -> registry().schemaById(7))
        .hasMessageContaining("Unauthorized (error_code: 40101); check basic.auth.*");

    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void shouldFollowNoRedirect() {
    server.answering(302, "");

    assertThatThrownBy(() -> registry("basic.auth.user.info", "u:p").schemaById(7))
        .hasMessageContaining("redirects are not followed");
  }

  @Test
  void shouldGoOnWithTheEndpointThatAnswers() {
    // given
    String dead;
    try (FakeRegistryServer stopped = new FakeRegistryServer()) {
      dead = stopped.url();
    }
    RestSchemaRegistry registry = registry("schema.registry.url", dead + "," + server.url());
    server.answering(200, STRING).answering(200, STRING);

    // when
    registry.schemaById(1);
    registry.schemaById(2);

    // then
    assertThat(server.requests()).containsExactly("GET /schemas/ids/1", "GET /schemas/ids/2");
  }

  @Test
  void shouldSendCredentials() {
    server.answering(200, STRING).answering(200, STRING);

    registry("basic.auth.user.info", "u:p").schemaById(1);
    registry("bearer.auth.token", "t").schemaById(1);

    assertThat(server.authorizations()).containsExactly("Basic dTpw", "Bearer t");
  }

  @Test
  void shouldResolveReferences() {
    // given
    String line =
        """
        {"schema": "{\\"type\\":\\"record\\",\\"name\\":\\"Line\\",\\"fields\\":[\
        {\\"name\\":\\"from\\",\\"type\\":\\"Point\\"},{\\"name\\":\\"to\\",\\"type\\":\\"Point\\"}]}",
         "references": [{"name": "Point", "subject": "the point", "version": 3},
                        {"name": "Point", "subject": "the point", "version": 3}]}
        """;
    server.answering(200, line);
    server.answering(
        200,
        "{\"id\":1,\"version\":3,\"schema\":\"" + POINT.toString().replace("\"", "\\\"") + "\"}");

    // when
    Schema schema = registry().schemaById(2);

    // then
    assertThat(schema.getField("to").schema()).isEqualTo(POINT);
    assertThat(server.requests())
        .containsExactly("GET /schemas/ids/2", "GET /subjects/the%20point/versions/3");
  }

  @Test
  void shouldRefuseASchemaThatIsNotAvro() {
    server.answering(200, "{\"schemaType\":\"PROTOBUF\",\"schema\":\"syntax = 3;\"}");

    assertThatThrownBy(() -> registry().schemaById(7))
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.isUnusable()).isTrue())
        .hasMessageContaining("asked for schema id 7, has a PROTOBUF schema (expected: AVRO)");
  }

  @Test
  void shouldTakeAPageInPlaceOfJsonForAnOutage() {
    server.answering(200, "<html>Welcome</html>");

    assertThatThrownBy(() -> registry("max.retries", "0").schemaById(7))
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.isRetriable()).isTrue())
        .hasMessageContaining("did not answer in JSON");
  }

  @Test
  void shouldLookUpAndRegisterOnce() {
    // given
    RestSchemaRegistry registry = registry("normalize.schemas", "true");
    server.answering(200, "{\"subject\":\"s/t\",\"id\":4,\"version\":1}");
    server.answering(200, "{\"id\":5}");

    // when, then
    assertThat(registry.idOf("s/t", POINT)).isEqualTo(4);
    assertThat(registry.idOf("s/t", POINT)).isEqualTo(4);
    assertThat(registry.register("other", POINT)).isEqualTo(5);
    assertThat(registry.idOf("other", POINT)).isEqualTo(5);

    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests().get(0))
        .startsWith("POST /subjects/s%2Ft?normalize=true {\"schema\":\"{\\\"type\\\":\\\"record");
    assertThat(server.requests().get(1)).startsWith("POST /subjects/other/versions?normalize=true");
  }

  @Test
  void shouldReadTheLatestVersion() {
    server.answering(200, "{\"id\":4,\"version\":2,\"schema\":\"\\\"string\\\"\"}");

    assertThat(registry().latest("s"))
        .isEqualTo(new SchemaRegistry.RegisteredSchema(4, 2, Schema.create(Schema.Type.STRING)));
  }

  @Test
  void shouldAskWhetherASchemaIsCompatible() {
    RestSchemaRegistry registry = registry();
    server
        .answering(200, "{\"is_compatible\":false}")
        .answering(404, "{\"error_code\":40401,\"message\":\"Subject not found\"}");

    assertThat(registry.isCompatible("s", POINT)).isFalse();
    assertThat(registry.isCompatible("s", POINT)).as("with a subject that is new").isTrue();
  }

  @Test
  void shouldRegisterAWritersSchemaOnlyWhereThatIsAllowed() {
    // given
    String missing = "{\"error_code\":40401,\"message\":\"Subject not found\"}";
    server.answering(404, missing).answering(404, missing).answering(200, "{\"id\":9}");
    RestSchemaRegistry registry = registry();

    // when, then
    assertThatThrownBy(() -> new WriterSchemas(registry, false).idOf("out-value", POINT))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("Point is not registered under subject out-value")
        .hasMessageContaining("penstock schema register --config FILE");
    assertThat(new WriterSchemas(registry, true).idOf("out-value", POINT)).isEqualTo(9);
  }

  private RestSchemaRegistry registry(String... keysAndValues) {
    Map<String, String> keys =
        new HashMap<>(Map.of("schema.registry.url", server.url(), "retries.wait.ms", "0"));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      keys.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return new RestSchemaRegistry(RegistrySettings.of(keys), nanos::get);
  }
}
