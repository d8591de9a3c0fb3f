package io.penstock.model.fitness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Set;
import java.util.TreeSet;

/**
 * A line of golden checks: {@code {"inputs": …, "outputs": …, "tolerance": 0.001}}.
 *
 * @param signature the signature that it is for; {@code signature_name} in JSON
 * @param inputs an instance, as {@link JsonRows} has it
 * @param outputs what must come out, by name; some of the outputs, or all
 * @param tolerance how far floating-point numbers may be off
 */
record GoldenRecord(String signature, JsonNode inputs, JsonNode outputs, double tolerance) {

  /**
   * Wide enough for what differs between machines and batch sizes in {@code float32}, and too
   * narrow for other weights. Types of 16 bits need their own.
   */
  static final double DEFAULT_TOLERANCE = 1e-4;

  private static final String SIGNATURE_NAME = "signature_name";
  private static final String INPUTS = "inputs";
  private static final String OUTPUTS = "outputs";
  private static final String TOLERANCE = "tolerance";

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it is none; the message says why
   */
  static GoldenRecord parse(String line) {
    JsonNode json = json(line);
    Set<String> unknown = new TreeSet<>();
    json.properties().forEach(field -> unknown.add(field.getKey()));
    unknown.removeAll(Set.of(SIGNATURE_NAME, INPUTS, OUTPUTS, TOLERANCE));
    if (!json.isObject() || !unknown.isEmpty() || !json.has(INPUTS) || !json.has(OUTPUTS)) {
      throw new IllegalArgumentException(
          "%s (expected: an object with inputs and outputs, and signature_name or tolerance where needed)"
              .formatted(unknown.isEmpty() ? "something is missing" : "unknown: " + unknown));
    }
    JsonNode tolerance = json.path(TOLERANCE);
    if (!tolerance.isMissingNode() && !(tolerance.isNumber() && tolerance.doubleValue() >= 0)) {
      throw new IllegalArgumentException(
          "tolerance: " + tolerance + " (expected: a number, 0 or more)");
    }
    return new GoldenRecord(
        json.path(SIGNATURE_NAME).asText("serving_default"),
        json.get(INPUTS),
        json.get(OUTPUTS),
        tolerance.asDouble(DEFAULT_TOLERANCE));
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
    }
  }
}
