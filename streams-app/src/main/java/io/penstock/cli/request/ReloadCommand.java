package io.penstock.cli.request;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.PenstockConfig;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Has a running service read its configuration again, and says what it came to. */
@Command(
    name = "reload",
    description = {
      "Have a running service read its configuration again, and wait for what it comes to:",
      "models and pipelines that are added, changed or removed; the others go on."
    })
public final class ReloadCommand implements Callable<Integer> {

  private static final int REFUSED = 422;

  @Mixin private final ConfigOption config;

  @Mixin private final ServiceOptions options = new ServiceOptions();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "How long to wait for the answer (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds = 120;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      description = "text or json (default: ${DEFAULT-VALUE}).")
  private Format format = Format.TEXT;

  private final Terminal terminal;

  /** How to print. */
  enum Format {
    TEXT,
    JSON
  }

  public ReloadCommand(ConfigOption config, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<PenstockConfig> loaded =
        config.isNamed() ? Optional.of(config.load().config()) : Optional.empty();
    ServiceClient service =
        options.client(loaded, configured -> configured.http().listen(), "http.listen");
    HttpResponse<byte[]> answer;
    try {
      answer = service.post("/reload", new byte[0], Duration.ofSeconds(timeoutSeconds));
    } catch (HttpTimeoutException e) {
      terminal
          .err()
          .println(
              "penstock: no answer within "
                  + timeoutSeconds
                  + " s (expected: see --timeout); the reload goes on, and /status says what it comes to");
      return ExitCodes.TIMED_OUT;
    }
    JsonNode body = RowsInput.JSON.readTree(answer.body());
    if (format == Format.JSON) {
      terminal.out().println(RowsInput.JSON.writeValueAsString(body));
    } else if (answer.statusCode() == 200) {
      terminal.out().println(body.path("summary").asText());
    } else if (body.path("problems").isEmpty()) {
      terminal
          .err()
          .println("penstock: " + answer.statusCode() + " " + body.path("error").asText());
    } else {
      body.path("problems").forEach(problem -> terminal.err().println(problem.asText()));
      boolean refused = answer.statusCode() == REFUSED;
      terminal
          .err()
          .println(
              "penstock: " + (refused ? "REFUSED, nothing has changed" : "FAILED, see the log"));
    }
    terminal.out().flush();
    return switch (answer.statusCode()) {
      case 200 -> ExitCodes.OK;
      case REFUSED -> ExitCodes.REFUSED;
      default -> ExitCodes.FAILURE;
    };
  }
}
