package io.penstock.cli;

import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.PenstockConfig;
import io.penstock.draft.ServingDraft;
import io.penstock.draft.ServingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a configuration of TensorFlow Serving's. */
@Command(
    name = "tensorflow-serving",
    description = {
      "Make a configuration of TensorFlow Serving's files, which are read as they are.",
      "Prints it, or writes it to --output; what has no counterpart is said on standard error, and"
          + " in comments."
    })
final class ImportServingCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Option(
      names = "--models-config",
      paramLabel = "FILE",
      required = true,
      description = "The file of --model_config_file.")
  private Path modelsConfig = Path.of("");

  @Option(
      names = "--batching-parameters",
      paramLabel = "FILE",
      description = "The file of --batching_parameters_file.")
  private @Nullable Path batchingParameters;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where to write the configuration; not over a file that is there.")
  private @Nullable Path output;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Where the cluster is (default: ${DEFAULT-VALUE}).")
  private String bootstrapServers = "localhost:9092";

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "Prefix of the control topics (default: ${DEFAULT-VALUE}).")
  private String service = "serving";

  ImportServingCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    String origin =
        modelsConfig.getFileName()
            + (batchingParameters == null ? "" : " and " + batchingParameters.getFileName());
    ServingDraft draft =
        new ServingDraft(
            PenstockConfig.SERVICE.parse(service),
            bootstrapServers,
            origin,
            ServingFiles.read(modelsConfig, Optional.ofNullable(batchingParameters)));
    if (output == null) {
      terminal.out().print(draft.yaml());
      terminal.out().flush();
    } else if (Files.exists(output)) {
      throw new IllegalArgumentException(
          "--output: " + output + " is there already (expected: a new file)");
    } else {
      Files.writeString(output, draft.yaml());
    }
    draft.remarks().forEach(remark -> terminal.err().println("penstock: " + remark));
    return ExitCodes.OK;
  }
}
