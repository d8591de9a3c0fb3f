package io.penstock.cli;

import io.penstock.cli.control.ControlCommands;
import io.penstock.cli.request.PredictCommand;
import io.penstock.cli.request.ReloadCommand;
import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.Terminal;
import io.penstock.inspect.Rehearsal;
import io.penstock.log.ServiceLog;
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
      "2:the command line or the configuration is wrong",
      "3:the fleet has rejected the command, or given the promotion up",
      "4:the fleet has not answered in time",
      "5:no broker answers"
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
    CommandLine line =
        new CommandLine(main)
            .addSubcommand(new InitCommand(terminal))
            .addSubcommand(
                group("import", "Make a configuration of another server's.")
                    .addSubcommand(new ImportServingCommand(terminal)))
            .addSubcommand(new ServeCommand(config.get(), terminal, service))
            .addSubcommand(
                group("config", "Show, check or explain the configuration.")
                    .addSubcommand(new ConfigShowCommand(config.get(), terminal))
                    .addSubcommand(new ConfigCheckCommand(config.get(), terminal))
                    .addSubcommand(new ConfigReferenceCommand(terminal)))
            .addSubcommand(new MetricsCommand(terminal))
            .addSubcommand(new ReloadCommand(config.get(), terminal))
            .addSubcommand(new PredictCommand(config.get(), terminal, System.in))
            .addSubcommand(new TopicsCommand(config.get(), terminal))
            .addSubcommand(new AclsCommand(config.get(), terminal))
            .addSubcommand(
                group("model", "Look at a model, or see whether it would serve.")
                    .addSubcommand(new ModelInspectCommand(terminal, rehearsal))
                    .addSubcommand(new ModelCheckCommand(terminal, rehearsal)))
            .addSubcommand(
                group("dead-letters", "Read dead letters, and send their records again.")
                    .addSubcommand(new DeadLettersListCommand(config.get(), terminal))
                    .addSubcommand(new DeadLettersShowCommand(config.get(), terminal))
                    .addSubcommand(new DeadLettersReplayCommand(config.get(), terminal)))
            .addSubcommand(
                group("schema", "Register schemas.")
                    .addSubcommand(new SchemaRegisterCommand(config.get(), terminal)));
    return ControlCommands.addTo(line, config, terminal)
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

  private static int serve(ServeCommand.Order order, PrintWriter err) throws Exception {
    ServiceLog.limitRepeats();
    ServiceLog.quietClients();
    return ServeRun.run(
        Checks.beforeServing(order.config(), order.file()).preflight(),
        () -> PenstockService.start(order.loaded(), new RereadConfig(order.option(), err)),
        order.watched(),
        err);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }
}
