package io.penstock.registry;

import static io.penstock.registry.RequestListener.Outcome.ANSWERED;
import static io.penstock.registry.RequestListener.Outcome.FAILED;
import static io.penstock.registry.RequestListener.Outcome.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestSchemaRegistryTest {

  private static final String STRING = "{\"schema\":\"\\\"string\\\"\"}";
  private static final String NO_SCHEMA = "{\"error_code\":40403,\"message\":\"Schema not found\"}";
  private static final Schema POINT =
      new Schema.Parser()
          .parse(
              "{\"type\":\"record\",\"name\":\"Point\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}");

  private final FakeRegistryServer server = new FakeRegistryServer();
  private final AtomicLong nanos = new AtomicLong();
  private final List<RequestListener.Outcome> outcomes = new ArrayList<>();

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
  void shouldNotAskForRandomIdsAsFastAsTheyCome() {
    // given
    RestSchemaRegistry registry = registry();
    for (int i = 0; i < 1_200; i++) {
      server.answering(404, NO_SCHEMA);
    }
    server.answering(200, STRING);

    // when
    for (int id = 0; id < 1_000; id++) {
      assertUnknown(registry, id);
    }
    long first = nanos.get();
    for (int id = 1_000; id < 1_200; id++) {
      assertUnknown(registry, id);
    }

    // then
    assertThat(first).isZero();
    assertThat(Duration.ofNanos(nanos.get())).isEqualTo(Duration.ofSeconds(2));
    assertUnknown(registry, 1_100);
    assertThat(registry.schemaById(5_000)).isEqualTo(Schema.create(Schema.Type.STRING));
    assertThat(server.requests()).hasSize(1_201);
  }

  private static void assertUnknown(RestSchemaRegistry registry, int id) {
    assertThatThrownBy(() -> registry.schemaById(id))
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.isNotFound()).isTrue());
  }

  @Test
  void shouldRetryWhatMayPass() {
    server.answering(503, "<html>").answering(429, "").answering(408, "").answering(200, STRING);

    assertThat(registry().schemaById(7)).isEqualTo(Schema.create(Schema.Type.STRING));

    assertThat(server.requests()).hasSize(4);
    assertThat(outcomes).containsExactly(FAILED, FAILED, FAILED, ANSWERED);
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
    assertThat(outcomes).containsExactly(REFUSED);

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
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> assertThat(e.kind()).isEqualTo(RegistryException.Kind.UNUSABLE))
        .hasMessageContaining("asked for schema id 7, has a PROTOBUF schema (expected: AVRO)");
  }

  @Test
  void shouldTakeAPageInPlaceOfJsonForAnOutage() {
    server.answering(200, "<html>Welcome</html>");

    assertThatThrownBy(() -> registry("max.retries", "0").schemaById(7))
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.isRetriable()).isTrue())
        .hasMessageContaining("did not answer as a registry does when asked for schema id 7")
        .hasMessageContaining("<html>Welcome</html>");
  }

  @Test
  void shouldTakeAnAnswerWithoutASchemaForAnOutageAndKeepNothingOfIt() {
    RestSchemaRegistry registry = registry("max.retries", "0");
    server.answering(200, "{\"status\":\"ok\"}").answering(200, STRING);

    assertThatThrownBy(() -> registry.schemaById(7))
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.isRetriable()).isTrue());
    assertThat(registry.schemaById(7)).isEqualTo(Schema.create(Schema.Type.STRING));
  }

  @Test
  void shouldTakeA404WithoutTheRegistrysCodeForAnOutage() {
    RestSchemaRegistry registry = registry("max.retries", "0");
    server
        .answering(404, "<html>default backend</html>")
        .answering(404, "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}")
        .answering(404, "")
        .answering(200, STRING);

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> registry.schemaById(7))
          .isInstanceOfSatisfying(
              RegistryException.class, e -> assertThat(e.isRetriable()).isTrue())
          .hasMessageContaining("is schema.registry.url the registry's own, with its path?");
    }
    assertThat(registry.schemaById(7)).isEqualTo(Schema.create(Schema.Type.STRING));
  }

  @Test
  void shouldAskEveryEndpointBeforeItBelievesThatAnIdIsUnknown() {
    try (FakeRegistryServer second = new FakeRegistryServer()) {
      RestSchemaRegistry registry =
          registry("schema.registry.url", server.url() + "," + second.url(), "max.retries", "0");
      server.answering(404, NO_SCHEMA).answering(404, NO_SCHEMA).answering(404, NO_SCHEMA);
      second.answering(200, STRING).answering(404, NO_SCHEMA).answering(503, "");

      assertThat(registry.schemaById(7)).isEqualTo(Schema.create(Schema.Type.STRING));
      assertThatThrownBy(() -> registry.schemaById(8))
          .isInstanceOfSatisfying(
              RegistryException.class, e -> assertThat(e.isNotFound()).isTrue());
      assertThatThrownBy(() -> registry.schemaById(9))
          .isInstanceOfSatisfying(
              RegistryException.class, e -> assertThat(e.isRetriable()).isTrue());
    }
  }

  @Test
  void shouldNotWaitForABodyThatDoesNotEnd() {
    server.answeringWithoutEnd(200);

    assertThatThrownBy(
            () -> registry("max.retries", "0", "http.read.timeout.ms", "50").schemaById(7))
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.isRetriable()).isTrue())
        .hasMessageContaining("did not answer when asked for schema id 7")
        .hasMessageContaining("it took longer than http.read.timeout.ms: 50");
  }

  @Test
  void shouldNotTakeABodyOfAnySize() {
    server.answering(200, "{\"schema\":\"" + "x".repeat(8 << 20) + "\"}");

    assertThatThrownBy(() -> registry("max.retries", "0").schemaById(7))
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.isRetriable()).isTrue())
        .hasMessageContaining("the answer has more than 8388608 bytes");
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
    return new RestSchemaRegistry(
        RegistrySettings.of(keys),
        (outcome, took) -> outcomes.add(outcome),
        nanos::get,
        nanos::addAndGet);
  }
}
