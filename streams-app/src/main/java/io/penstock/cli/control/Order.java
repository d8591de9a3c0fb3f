package io.penstock.cli.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.ControlConfig;
import io.penstock.config.load.ConfigurationException;
import io.penstock.control.client.Answer;
import io.penstock.control.client.AuditFeed;
import io.penstock.control.client.ControlClient;
import io.penstock.control.client.FleetFeed;
import io.penstock.schemas.Command;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options that every command to the fleet has, and what it does with them: send one message,
 * wait for what the audit says about it, tell the user. The answer is looked for from the end that
 * the audit has before the command is sent.
 */
final class Order {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final String TIMEOUT = "30s";

  private final Terminal terminal;

  @Mixin private final ConnectionOptions connection;

  @Mixin private final OutputOption output = new OutputOption();

  @Option(
      names = "--by",
      paramLabel = "WHO",
      defaultValue = "${sys:user.name}",
      description = "Who asks, for the audit (default: the user, ${DEFAULT-VALUE}).")
  private String by = "";

  @Option(names = "--why", paramLabel = "TEXT", description = "Why, for the audit.")
  private @Nullable String why;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description =
          "How long to wait for the answer (default: "
              + TIMEOUT
              + "), and with --wait for any progress (default: as much longer as the promotion may"
              + " take).")
  private @Nullable String timeout;

  Order(ConfigOption config, Terminal terminal) {
    this.connection = new ConnectionOptions(config);
    this.terminal = terminal;
  }

  /** As {@link #give(Function, String, String, boolean)}, of a command that is known before. */
  int give(Command.Builder command, String subject, String model, boolean toTheEnd) {
    return give(client -> command, subject, model, toTheEnd);
  }

  /**
   * Carries out a command and gives the exit code.
   *
   * @param maker may ask how the fleet stands
   * @param subject what it is about, for people, such as {@code promote fraud 2}
   * @param toTheEnd whether to wait for the end of the promotion that it may begin
   */
  int give(
      Function<ControlClient, Command.Builder> maker,
      String subject,
      String model,
      boolean toTheEnd) {
    Duration patience = duration("--timeout", timeout == null ? TIMEOUT : timeout);
    try (ControlClient client = connection.connect();
        AuditFeed audit = client.auditFromNow()) {
      Command command = maker.apply(client).setBy(by).setWhy(why).build();
      long offset = client.send(command);
      Optional<Answer> answer = await(audit, offset, patience);
      if (toTheEnd && answer.filter(first -> !first.kind().isLast()).isPresent()) {
        if (timeout == null) {
          patience = patience.plus(client.preparationTime(model, offset));
        }
        try (FleetFeed fleet = client.fleet(connection.livenessTimeout());
            Readiness readiness =
                new Readiness(fleet, model, offset, output.isJson() ? null : terminal.err())) {
          answer = awaitEnd(audit, offset, readiness, patience);
        }
      }
      return tell(client, command, offset, subject, answer, patience);
    }
  }

  private static Optional<Answer> await(AuditFeed audit, long offset, Duration patience) {
    long startNanos = System.nanoTime();
    while (System.nanoTime() - startNanos < patience.toNanos()) {
      Optional<Answer> answer = next(audit, offset);
      if (answer.isPresent()) {
        return answer;
      }
    }
    return Optional.empty();
  }

  /** Waits on as long as the fleet makes progress. */
  private static Optional<Answer> awaitEnd(
      AuditFeed audit, long offset, Readiness readiness, Duration patience) {
    long progressNanos = System.nanoTime();
    while (System.nanoTime() - progressNanos < patience.toNanos()) {
      if (readiness.advances()) {
        progressNanos = System.nanoTime();
      }
      Optional<Answer> answer = next(audit, offset).filter(found -> found.kind().isLast());
      if (answer.isPresent()) {
        return answer;
      }
    }
    return Optional.empty();
  }

  /** The last of what has been said meanwhile. */
  private static Optional<Answer> next(AuditFeed audit, long offset) {
    return audit.poll(POLL).stream()
        .flatMap(entry -> Answer.of(entry.event(), offset).stream())
        .reduce((earlier, later) -> later);
  }

  private int tell(
      ControlClient client,
      Command command,
      long offset,
      String subject,
      Optional<Answer> answer,
      Duration patience) {
    if (output.isJson()) {
      ObjectNode tree = OutputOption.object();
      tree.set("command", OutputOption.tree(command));
      tree.put("offset", offset);
      tree.put("outcome", answer.map(found -> found.kind().name()).orElse("UNANSWERED"));
      answer.ifPresent(
          found -> {
            tree.put("version", found.version());
            tree.put("from", found.from());
            tree.put("reason", found.reason());
          });
      terminal.out().println(OutputOption.line(tree));
    } else {
      terminal
          .out()
          .printf(
              "%s: %s%n",
              subject,
              answer
                  .map(found -> AuditText.of(found, offset))
                  .orElse(
                      "no answer within %s to the command at %s-0@%d; it may still come, see penstock watch"
                          .formatted(
                              timeout == null ? patience.toSeconds() + "s" : timeout,
                              client.controlTopic(),
                              offset)));
    }
    return answer
        .map(found -> found.kind().isGood() ? ExitCodes.OK : ExitCodes.REFUSED)
        .orElse(ExitCodes.TIMED_OUT);
  }

  /** Reads a time such as 30s. */
  static Duration duration(String option, String text) {
    try {
      return ControlConfig.PREPARE_TIMEOUT.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(option + ": " + text + " " + e.getMessage());
    }
  }
}
