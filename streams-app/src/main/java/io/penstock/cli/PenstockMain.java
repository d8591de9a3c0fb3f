package io.penstock.cli;

import io.penstock.config.PenstockConfig;
import io.penstock.inspect.Rehearsal;
import io.penstock.model.tensorflow.SavedModelLoader;
import io.penstock.model.tensorflow.SessionSettings;
import io.penstock.service.PenstockService;
import io.penstock.service.ServeRun;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code penstock}: wires the commands together. */
@Command(
    name = "penstock",
    description = "Serves TensorFlow models to Kafka streams.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:something outside failed, or a check did",
      "2:the command line or the configuration is wrong"
    })
public final class PenstockMain {

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
  private boolean stacktrace;

  private PenstockMain() {}

  public static void main(String[] args) {
    Terminal terminal = new Terminal(writer(System.out), writer(System.err));
    System.exit(run(terminal, System.getenv(), PenstockMain::serve, args));
  }

  /** Runs one command and gives its exit code. */
  static int run(
      Terminal terminal,
      Map<String, String> environment,
      ServeCommand.Service service,
      String... args) {
    PenstockMain main = new PenstockMain();
    Supplier<ConfigOption> config = () -> new ConfigOption(environment);
    Rehearsal rehearsal = new Rehearsal(new SavedModelLoader(SessionSettings.defaults()));
    return new CommandLine(main)
        .addSubcommand(new ServeCommand(config.get(), terminal, service))
        .addSubcommand(
            group("config", "Show, check or explain the configuration.")
                .addSubcommand(new ConfigShowCommand(config.get(), terminal))
                .addSubcommand(new ConfigCheckCommand(config.get(), terminal))
                .addSubcommand(new ConfigReferenceCommand(terminal)))
        .addSubcommand(new TopicsCommand(config.get(), terminal))
        .addSubcommand(
            group("model", "Look at a model, or see whether it would serve.")
                .addSubcommand(new ModelInspectCommand(terminal, rehearsal))
                .addSubcommand(new ModelCheckCommand(terminal, rehearsal)))
        .addSubcommand(
            group("schema", "Register schemas.")
                .addSubcommand(new SchemaRegisterCommand(config.get(), terminal)))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(terminal.out())
        .setErr(terminal.err())
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler(new Failures(() -> main.stacktrace))
        .execute(args);
  }

  private static CommandLine group(String name, String description) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage().description(description);
    return new CommandLine(spec);
  }

  private static int serve(PenstockConfig config, String file, PrintWriter err) throws Exception {
    return ServeRun.run(
        new Checks(config, file).preflight(), () -> PenstockService.start(config), err);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }
}
