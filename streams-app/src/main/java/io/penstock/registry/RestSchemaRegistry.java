package io.penstock.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.penstock.registry.RegistryException.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;

/**
 * A client of the registry's REST API (Confluent's v1, Apicurio's {@code ccompat/v7}). Thread-safe.
 *
 * <p>What the registry never changes is cached for ever; an unknown id is asked for again after
 * {@code missing.id.cache.ttl.sec}. Two threads that miss at once both ask: a cache that computes
 * would hold its lock during HTTP.
 */
public final class RestSchemaRegistry implements SchemaRegistry {

  private static final int MOST_CACHED = 10_000;

  private final RegistryHttp http;
  private final boolean normalize;
  private final SubjectNames subjects;
  private final Cache<Integer, Schema> schemas =
      Caffeine.newBuilder().maximumSize(MOST_CACHED).build();
  private final Cache<Subject, Integer> ids =
      Caffeine.newBuilder().maximumSize(MOST_CACHED).build();
  private final Cache<Integer, RegistryException> missing;
  private final LookUpPace pace;

  /** A client that nobody listens to. */
  public RestSchemaRegistry(RegistrySettings settings) {
    this(settings, (outcome, nanos) -> {});
  }

  /** A client whose requests somebody hears of. */
  public RestSchemaRegistry(RegistrySettings settings, RequestListener listener) {
    this(settings, listener, Ticker.systemTicker(), LockSupport::parkNanos);
  }

  /**
   * @param pause waits for so many nanoseconds, or less
   */
  RestSchemaRegistry(
      RegistrySettings settings, RequestListener listener, Ticker ticker, LongConsumer pause) {
    this.http = new RegistryHttp(settings, listener, ticker::read);
    this.normalize = settings.normalize();
    this.subjects = settings.subjects();
    this.pace = new LookUpPace(ticker, pause);
    this.missing =
        Caffeine.newBuilder()
            .maximumSize(MOST_CACHED)
            .expireAfterWrite(settings.missingIdTtl())
            .ticker(ticker)
            .build();
  }

  @Override
  public SubjectNames subjects() {
    return subjects;
  }

  @Override
  public Schema schemaById(int id) {
    Schema known = schemas.getIfPresent(id);
    if (known != null) {
      return known;
    }
    RegistryException unknown = missing.getIfPresent(id);
    if (unknown != null) {
      throw unknown;
    }
    pace.await();
    String what = "for schema id " + id;
    try {
      Schema schema =
          parse(http.get("schemas/ids/" + id, what, RestSchemaRegistry::hasSchema), what);
      schemas.put(id, schema);
      return schema;
    } catch (RegistryException e) {
      if (e.kind() == Kind.NOT_FOUND || e.kind() == Kind.UNUSABLE) {
        missing.put(id, e);
        pace.missed();
      }
      throw e;
    }
  }

  @Override
  public RegisteredSchema latest(String subject) {
    String what = "for the latest version of subject " + subject;
    JsonNode answer =
        http.get(subjectPath(subject) + "/versions/latest", what, RestSchemaRegistry::isVersion);
    return new RegisteredSchema(
        answer.path("id").intValue(), answer.path("version").intValue(), parse(answer, what));
  }

  @Override
  public int idOf(String subject, Schema schema) {
    String what = "for the id of " + schema.getFullName() + " under subject " + subject;
    return id(subject, schema, subjectPath(subject) + normalization(), what);
  }

  @Override
  public int register(String subject, Schema schema) {
    String what = "to register " + schema.getFullName() + " under subject " + subject;
    return id(subject, schema, subjectPath(subject) + "/versions" + normalization(), what);
  }

  @Override
  public boolean isCompatible(String subject, Schema schema) {
    String what = "whether " + schema.getFullName() + " is compatible with subject " + subject;
    try {
      JsonNode answer =
          http.post(
              "compatibility/" + subjectPath(subject) + "/versions/latest",
              body(schema),
              what,
              verdict -> verdict.path("is_compatible").isBoolean());
      return answer.path("is_compatible").booleanValue();
    } catch (RegistryException e) {
      if (e.isNotFound()) {
        return true; // Nothing is registered yet, so anything may come next.
      }
      throw e;
    }
  }

  /** Does nothing: the JDK's client ends with its last reference. */
  @Override
  public void close() {}

  private int id(String subject, Schema schema, String path, String what) {
    Subject key = new Subject(subject, schema);
    Integer known = ids.getIfPresent(key);
    if (known != null) {
      return known;
    }
    int id = http.post(path, body(schema), what, RestSchemaRegistry::hasId).path("id").intValue();
    ids.put(key, id);
    return id;
  }

  private Schema parse(JsonNode answer, String what) {
    String type = answer.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new RegistryException(
          Kind.UNUSABLE,
          "The schema registry, asked " + what + ", has a " + type + " schema (expected: AVRO)",
          null);
    }
    // Names and defaults were the writer's choice, and reading needs neither checked.
    Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION);
    parser.setValidateDefaults(false);
    try {
      parseReferences(parser, answer, new HashSet<>());
      return parser.parse(answer.path("schema").textValue());
    } catch (AvroRuntimeException e) {
      throw new RegistryException(
          Kind.UNUSABLE,
          "The schema registry, asked " + what + ", has a schema that does not parse: " + e,
          e);
    }
  }

  /** Feeds the parser the schemas that this one refers to, theirs first. */
  private void parseReferences(Schema.Parser parser, JsonNode answer, Set<String> seen) {
    for (JsonNode reference : answer.path("references")) {
      String subject = reference.path("subject").asText();
      int version = reference.path("version").asInt();
      if (seen.add(subject + "/" + version)) {
        String what = "for version " + version + " of subject " + subject + ", a reference";
        JsonNode referred =
            http.get(
                subjectPath(subject) + "/versions/" + version, what, RestSchemaRegistry::hasSchema);
        parseReferences(parser, referred, seen);
        parser.parse(referred.path("schema").textValue());
      }
    }
  }

  private static boolean hasSchema(JsonNode answer) {
    return answer.path("schema").isTextual();
  }

  private static boolean hasId(JsonNode answer) {
    return answer.path("id").canConvertToInt();
  }

  private static boolean isVersion(JsonNode answer) {
    return hasId(answer) && answer.path("version").canConvertToInt() && hasSchema(answer);
  }

  private String normalization() {
    return normalize ? "?normalize=true" : "";
  }

  private static ObjectNode body(Schema schema) {
    return JsonNodeFactory.instance.objectNode().put("schema", schema.toString());
  }

  private static String subjectPath(String subject) {
    // A space is %20 in a path, while URLEncoder writes forms.
    return "subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private record Subject(String name, Schema schema) {}
}
