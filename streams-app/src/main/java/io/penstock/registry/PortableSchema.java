package io.penstock.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.avro.Schema;

/**
 * A generated class's schema as other languages should see it in a registry: without the {@code
 * avro.java.string} that Avro's compiler puts at every string. The binary is the same.
 */
public final class PortableSchema {

  private PortableSchema() {}

  /** That schema without what only Java needs. */
  public static Schema of(Schema generated) {
    try {
      JsonNode json = new ObjectMapper().readTree(generated.toString());
      strip(json);
      return new Schema.Parser().parse(json.toString());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Avro wrote a schema that is no JSON: " + generated, e);
    }
  }

  private static void strip(JsonNode json) {
    if (json instanceof ObjectNode object) {
      object.remove("avro.java.string");
    }
    json.forEach(PortableSchema::strip);
  }
}
