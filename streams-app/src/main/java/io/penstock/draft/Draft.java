package io.penstock.draft;

import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import io.penstock.model.lifecycle.ModelSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A configuration to begin with, as commented YAML. Immutable.
 *
 * @param registryUrl where schemas are; null where nothing is to be in Avro
 * @param format of records and predictions
 * @param model its name
 * @param basePath the folder with a folder for each version
 * @param fields which field feeds which input; empty where each takes the one of its name
 */
public record Draft(
    String service,
    String bootstrapServers,
    @Nullable String registryUrl,
    String format,
    String model,
    Path basePath,
    ModelSignature signature,
    Topics topics,
    List<FieldProposal> fields) {

  /** Where records come from, and where outcomes go. */
  public record Topics(String input, String output, String deadLetters) {}

  public Draft {
    fields = List.copyOf(fields);
  }

  /** The file. */
  public String yaml() {
    Lines lines = new Lines();
    lines.add("# Serves " + basePath + ", signature " + signature.name() + ".");
    lines.add("# Look it through, save it as fraud.yaml, say, and then:");
    lines.add("#   ./penstock topics --config fraud.yaml --create");
    lines.add("#   ./penstock config check --config fraud.yaml");
    lines.add("#   ./penstock serve --config fraud.yaml");
    lines.add(
        "service: " + Lines.text(service), "prefix of groups, transactions and control topics");
    lines.add("kafka:", "any Kafka key");
    lines.add("  bootstrap.servers: " + Lines.text(bootstrapServers));
    if (registryUrl != null) {
      lines.add("registry:", "Confluent's keys");
      lines.add("  schema.registry.url: " + Lines.text(registryUrl));
      lines.add("  auto.register.schemas: true", "or else: penstock schema register");
    }
    lines.add("models:");
    lines.add("  " + Lines.text(model) + ":");
    lines.add("    path: " + Lines.text(basePath.toString()), "a version is <path>/<number>");
    lines.add("    versions: {count: 2}", "the newest two stay loaded: a rollback is quick");
    lines.add("pipelines:");
    lines.add("  " + Lines.text(topics.input() + "-" + model) + ":");
    lines.add("    model: " + Lines.text(model));
    if (!signature.name().equals(ModelSettings.DEFAULT_SIGNATURE)) {
      lines.add("    signature: " + Lines.text(signature.name()));
    }
    lines.add("    start-from: earliest", "earliest, latest or a time; there is no default");
    input(lines);
    output(lines);
    lines.add("    batch: {rows: 128, linger: 5ms}", "at most, both; a size the model likes");
    lines.add("http:");
    lines.add("  listen: 127.0.0.1:8080", "health, status, metrics");
    return lines.toString();
  }

  private void input(Lines lines) {
    lines.add("    input:");
    lines.add("      topic: " + Lines.text(topics.input()));
    lines.add("      format: " + format, "avro, json, tf-example or raw");
    if (fields.isEmpty()) {
      lines.add("      # Each input takes the field of its own name:");
      signature.inputs().forEach(input -> lines.add("      #   " + input));
      return;
    }
    lines.add("      fields:", "input of the model: field of the record, or a list of fields");
    for (FieldProposal field : fields) {
      lines.add(
          "        " + Lines.text(field.input().name()) + ": " + Lines.text(field.path()),
          typeOf(field.input()) + (field.remark().isEmpty() ? "" : "; " + field.remark()));
    }
    String narrowed =
        fields.stream()
            .filter(FieldProposal::narrowed)
            .map(field -> Lines.text(field.input().name()) + ": narrowing")
            .collect(Collectors.joining(", "));
    if (!narrowed.isEmpty()) {
      lines.add("      casts: {" + narrowed + "}", "rounded, since the fields have more bits");
    }
  }

  private void output(Lines lines) {
    lines.add("    output:");
    lines.add("      topic: " + Lines.text(topics.output()));
    lines.add(
        "      format: " + format,
        signature.outputs().stream().map(TensorSpec::toString).collect(Collectors.joining(", ")));
    lines.add("    dead-letters:");
    lines.add("      topic: " + Lines.text(topics.deadLetters()), "with the reason of each");
    lines.add("      format: " + (registryUrl == null ? "json" : "avro"));
  }

  private static String typeOf(TensorSpec input) {
    return input.toString().substring(input.name().length() + 2);
  }
}
