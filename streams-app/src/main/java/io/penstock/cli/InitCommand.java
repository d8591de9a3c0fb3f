package io.penstock.cli;

import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.ModelConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.draft.Draft;
import io.penstock.draft.FieldProposal;
import io.penstock.draft.FieldProposals;
import io.penstock.inspect.ModelDirectory;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.tensorflow.SavedModelContents;
import io.penstock.model.tensorflow.SavedModelInspector;
import io.penstock.registry.RegistryException;
import io.penstock.registry.RegistrySettings;
import io.penstock.registry.RestSchemaRegistry;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.Subjects;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a configuration to begin with. */
@Command(
    name = "init",
    description = {
      "Write a commented configuration to begin with: asks the model for its inputs and outputs, and"
          + " the registry for the fields of the records.",
      "Prints it; what it could not find out is said on standard error."
    })
final class InitCommand implements Callable<Integer> {

  private static final String AVRO = "avro";

  private final Terminal terminal;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "The model's folder, which has a folder for each version.")
  private Path directory = Path.of("");

  @Option(
      names = "--input",
      paramLabel = "TOPIC",
      required = true,
      description = "The topic with the records.")
  private String input = "";

  @Option(
      names = "--output",
      paramLabel = "TOPIC",
      required = true,
      description = "The topic for predictions.")
  private String output = "";

  @Option(
      names = "--dead-letters",
      paramLabel = "TOPIC",
      description = "The topic for records that have none (default: OUTPUT-dead).")
  private @Nullable String deadLetters;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Where the cluster is (default: ${DEFAULT-VALUE}).")
  private String bootstrapServers = "localhost:9092";

  @Option(
      names = "--registry",
      paramLabel = "URL",
      description = "Where the schema registry is; without one nothing is in Avro.")
  private @Nullable String registryUrl;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Of records and predictions: avro, json, tf-example or raw (default: avro with --registry,"
              + " else json).")
  private @Nullable String format;

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "The signature to run (default: serving_default, or the only one there is).")
  private @Nullable String signature;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description =
          "Prefix of groups, transactions and control topics (default: the model's name).")
  private @Nullable String service;

  InitCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    ModelDirectory model = ModelDirectory.of(directory);
    String name = ModelConfig.NAME.parse(nameOf(model));
    ModelSignature run = chosen(model);
    String chosenFormat = format == null ? (registryUrl == null ? "json" : AVRO) : format;
    if (chosenFormat.equals(AVRO) && registryUrl == null) {
      throw new IllegalArgumentException(
          "--registry: missing (expected: a URL, with --format avro)");
    }
    Draft.Topics topics =
        new Draft.Topics(
            topic(input),
            topic(output),
            topic(deadLetters == null ? output + "-dead" : deadLetters));
    terminal
        .out()
        .print(
            new Draft(
                    service == null ? name : service,
                    bootstrapServers,
                    registryUrl,
                    chosenFormat,
                    name,
                    model.basePath().toAbsolutePath().normalize(),
                    run,
                    topics,
                    chosenFormat.equals(AVRO) ? fields(run) : List.of())
                .yaml());
    terminal.out().flush();
    return ExitCodes.OK;
  }

  /** As a configuration may call it. */
  private static String nameOf(ModelDirectory model) {
    return model.model().replaceAll("[^a-zA-Z0-9._-]", "-");
  }

  private static String topic(String name) {
    return PipelineConfig.TOPIC.parse(name);
  }

  private ModelSignature chosen(ModelDirectory model) {
    long newest = model.versions().lastKey();
    SavedModelContents contents = SavedModelInspector.inspect(model.id(newest), model.newest());
    if (signature != null) {
      return contents.signature(signature);
    }
    if (!contents.signatures().containsKey(ModelSettings.DEFAULT_SIGNATURE)
        && contents.signatures().size() == 1) {
      return contents.signature(contents.signatures().firstKey());
    }
    try {
      return contents.signature(ModelSettings.DEFAULT_SIGNATURE);
    } catch (ModelException e) {
      throw new ModelException(e.getMessage() + " Name one with --signature.", e);
    }
  }

  /** Guesses by the newest schema; by name alone where there is none. */
  private List<FieldProposal> fields(ModelSignature run) {
    String subject = Subjects.ofValues(input);
    RegistrySettings settings =
        RegistrySettings.of(Map.of("schema.registry.url", String.valueOf(registryUrl)));
    try (SchemaRegistry registry = new RestSchemaRegistry(settings)) {
      Schema schema = registry.latest(subject).schema();
      List<FieldProposal> proposals = new FieldProposals(schema).of(run.inputs());
      proposals.stream()
          .filter(proposal -> !proposal.remark().isEmpty())
          .forEach(proposal -> say("input " + proposal.input() + ": " + proposal.remark()));
      proposals.stream()
          .filter(FieldProposal::narrowed)
          .map(proposal -> "input %s: rounds field %s".formatted(proposal.input(), proposal.path()))
          .forEach(this::say);
      return proposals;
    } catch (RegistryException e) {
      say(
          "the fields of %s are not known, so that each input takes the field of its own name: %s"
              .formatted(subject, e.getMessage()));
      return List.of();
    }
  }

  private void say(String what) {
    terminal.err().println("penstock: " + what);
  }
}
