package io.penstock.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.inspect.Inspection;
import io.penstock.inspect.InspectionText;
import io.penstock.inspect.ModelDirectory;
import io.penstock.inspect.Rehearsal;
import io.penstock.model.lifecycle.ModelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a model's files say, and runs sample input through it. */
@Command(
    name = "inspect",
    description = {
      "Show a model's versions: tags, signatures, inputs, outputs, size, fingerprint.",
      "With --run, run input through the newest one. Exits with 1 if none can be served."
    })
final class ModelInspectCommand implements Callable<Integer> {

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private static final String ZEROS = "zeros";

  private final Terminal terminal;
  private final Rehearsal rehearsal;

  @Parameters(
      paramLabel = "DIR",
      description = "The model's folder, which has a folder for each version, or one of these.")
  private Path directory = Path.of("");

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      description = "text or json (default: ${DEFAULT-VALUE}).")
  private Format output = Format.TEXT;

  @Option(
      names = "--run",
      paramLabel = "INPUT",
      description = {
        "A file with {\"instances\": […]}, TensorFlow Serving's row format, or zeros for one row"
            + " of zeros."
      })
  private @Nullable String run;

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "The signature to run (default: ${DEFAULT-VALUE}).")
  private String signature = ModelSettings.DEFAULT_SIGNATURE;

  ModelInspectCommand(Terminal terminal, Rehearsal rehearsal) {
    this.terminal = terminal;
    this.rehearsal = rehearsal;
  }

  /** How to print. */
  enum Format {
    TEXT,
    JSON
  }

  @Override
  public Integer call() throws IOException {
    ModelDirectory model = ModelDirectory.of(directory);
    List<Inspection> inspections = new ArrayList<>();
    model
        .versions()
        .forEach((version, folder) -> inspections.add(Inspection.of(model.id(version), folder)));
    if (output == Format.TEXT) {
      inspections.forEach(inspection -> terminal.out().println(InspectionText.of(inspection)));
    }
    ObjectNode all = JSON.createObjectNode();
    all.set("versions", JSON.valueToTree(inspections));
    try {
      if (run != null) {
        ObjectNode predictions = rehearsal.run(model, signature, instances(run));
        all.setAll(predictions);
        if (output == Format.TEXT) {
          terminal.out().println(predictions);
        }
      }
    } finally {
      // What the files say is worth the more when the model does not run.
      if (output == Format.JSON) {
        terminal.out().println(JSON.writeValueAsString(all));
      }
    }
    boolean servable = inspections.stream().anyMatch(version -> version.problem() == null);
    return servable ? ExitCodes.OK : ExitCodes.FAILURE;
  }

  /** The file's instances; null for zeros. */
  private static @Nullable List<JsonNode> instances(String input) throws IOException {
    if (input.equals(ZEROS)) {
      return null;
    }
    try {
      JsonNode instances = JSON.readTree(Files.readString(Path.of(input))).path("instances");
      if (!instances.isArray() || instances.isEmpty()) {
        throw new IllegalArgumentException(
            input + ": no instances (expected: {\"instances\": […]}, 1 or more)");
      }
      return List.copyOf(instances.valueStream().toList());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(input + ": no JSON: " + e.getOriginalMessage(), e);
    }
  }
}
