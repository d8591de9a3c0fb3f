package io.penstock.cli.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.control.message.ControlMessages;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.specific.SpecificRecord;
import picocli.CommandLine.Option;

/** The option that says how to print: for people, or as JSON. */
final class OutputOption {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      description = "text or json (default: ${DEFAULT-VALUE}).")
  private Format format = Format.TEXT;

  /** How to print. */
  enum Format {
    TEXT,
    JSON
  }

  boolean isJson() {
    return format == Format.JSON;
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** A message as it stands on its topic. */
  static ObjectNode tree(SpecificRecord message) {
    try {
      return (ObjectNode) JSON.readTree(ControlMessages.encode(message));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One line. */
  static String line(JsonNode tree) {
    try {
      return JSON.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
