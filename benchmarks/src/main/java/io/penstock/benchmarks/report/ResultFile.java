package io.penstock.benchmarks.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

  /** Writes the file. */
  public void write(Path file) {
    try {
      JSON.writeValue(file.toFile(), json());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
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
        .put("load", measurement.load());
    measurement.failure().ifPresent(failure -> node.put("failure", failure));
    ObjectNode metrics = node.putObject("metrics");
    measurement
        .metrics()
        .forEach((metric, value) -> metrics.put(metric.name().toLowerCase(Locale.ROOT), value));
  }
}
