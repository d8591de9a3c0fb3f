package io.penstock.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * A run of a suite as a file of JSON: every sample, and where it was measured.
 *
 * @param settings what is special about each variant
 */
public record ResultFile(
    String suite,
    Environment environment,
    Map<String, Map<String, String>> settings,
    Results results,
    List<Verdict> verdicts) {

  /** What the file is called in a suite's folder. */
  public static final String NAME = "result.json";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Writes the file. */
  public void write(Path file) {
    try {
      JSON.writeValue(file.toFile(), json());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  /** The median of a metric in a file of an earlier run; NaN where there is none. */
  public static double medianOf(Path file, String variant, Metric metric) {
    if (!Files.exists(file)) {
      return Double.NaN;
    }
    try {
      return Statistics.of(
              StreamSupport.stream(
                      JSON.readTree(file.toFile()).path("measurements").spliterator(), false)
                  .filter(m -> m.path("variant").asText().equals(variant))
                  .map(m -> m.path("metrics").path(key(metric)))
                  .filter(JsonNode::isNumber)
                  .mapToDouble(JsonNode::asDouble)
                  .toArray())
          .median();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private static String key(Metric metric) {
    return metric.name().toLowerCase(Locale.ROOT);
  }

  ObjectNode json() {
    ObjectNode root = JSON.createObjectNode().put("suite", suite);
    root.putObject("environment")
        .put("at", environment.at().toString())
        .put("commit", environment.commit())
        .put("processor", environment.processor())
        .put("cores", environment.cores())
        .put("memoryMb", environment.memoryMb())
        .put("operatingSystem", environment.operatingSystem())
        .put("java", environment.java());
    root.set("settings", JSON.valueToTree(settings));
    ArrayNode samples = root.putArray("measurements");
    results.measurements().forEach(m -> add(samples.addObject(), m));
    ArrayNode limits = root.putArray("limits");
    for (Verdict verdict : verdicts) {
      limits
          .addObject()
          .put("claim", verdict.claim())
          .put("value", verdict.value())
          .put("expected", verdict.expected())
          .put("verdict", verdict.word().name());
    }
    return root;
  }

  private static void add(ObjectNode node, Measurement measurement) {
    node.put("variant", measurement.variant())
        .put("point", measurement.point())
        .put("repetition", measurement.repetition())
        .put("at", measurement.at().toString())
        .put("load", measurement.load())
        .put("busyCores", measurement.busyCores());
    measurement.failure().ifPresent(failure -> node.put("failure", failure));
    ObjectNode metrics = node.putObject("metrics");
    measurement.metrics().forEach((metric, value) -> metrics.put(key(metric), value));
  }
}
