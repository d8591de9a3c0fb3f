package io.penstock.cli.request;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.config.load.ConfigurationException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What a user has for rows, as a request: a whole request is sent as it is; a list of rows, or rows
 * one after the other, become its {@code instances}. Thread-safe.
 */
final class RowsInput {

  /** As the service reads and writes them: NaN and Infinity are numbers. */
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .build();

  private static final List<String> FORMATS = List.of("instances", "inputs");

  private RowsInput() {}

  /**
   * The body of a request for these rows.
   *
   * @param name of the input, for messages
   * @throws ConfigurationException if there is no row, or the text is no JSON
   */
  static byte[] request(byte[] text, String name, Optional<String> signature) throws IOException {
    ArrayNode rows = JSON.createArrayNode();
    try (MappingIterator<JsonNode> values = JSON.readerFor(JsonNode.class).readValues(text)) {
      while (values.hasNextValue()) {
        rows.add(values.nextValue());
      }
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(
          "--input: %s is no JSON at line %d, column %d: %s (expected: rows one after the other, a list of rows, or a request)"
              .formatted(
                  name,
                  e.getLocation().getLineNr(),
                  e.getLocation().getColumnNr(),
                  e.getOriginalMessage()));
    }
    if (rows.isEmpty()) {
      throw new ConfigurationException(
          "--input: " + name + " has no rows (expected: 1 or more, such as {\"x\": 1.0})");
    }
    ObjectNode request = JSON.createObjectNode();
    signature.ifPresent(known -> request.put("signature_name", known));
    JsonNode first = rows.get(0);
    if (rows.size() == 1 && FORMATS.stream().anyMatch(first::has)) {
      request.setAll((ObjectNode) first);
    } else {
      request.set("instances", rows.size() == 1 && first.isArray() ? first : rows);
    }
    return JSON.writeValueAsBytes(request);
  }
}
