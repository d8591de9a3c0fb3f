package io.penstock.cli.request;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.HttpConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.RequestsConfig;
import io.penstock.config.load.ConfigurationException;
import io.penstock.requests.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a running service for predictions, and prints one a line. */
@Command(
    name = "predict",
    description = {
      "Ask a running service for predictions, over REST, and print one a line.",
      "Rows are JSON as in TensorFlow Serving's row format, one after the other or in a list:",
      "  echo '{\"x\": 1.0}' | penstock predict half_plus_two"
    })
public final class PredictCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  @Parameters(paramLabel = "MODEL", description = "The model.")
  private String model = "";

  @Option(
      names = {"-i", "--input"},
      paramLabel = "FILE",
      defaultValue = "-",
      description = "Rows, or a whole request; - is standard input (default: ${DEFAULT-VALUE}).")
  private String input = "-";

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "The signature to run (default: serving_default).")
  private @Nullable String signature;

  @ArgGroup private @Nullable Choice choice;

  @Mixin private final ServiceOptions options = new ServiceOptions();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for the answer (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds = 60;

  private final Terminal terminal;
  private final InputStream standardInput;

  /** Which version, if not the one that the fleet serves. */
  private static final class Choice {

    @Option(
        names = "--model-version",
        paramLabel = "VERSION",
        description = "A version that is loaded (default: the one that the fleet serves).")
    private @Nullable Long version;

    @Option(
        names = "--label",
        paramLabel = "LABEL",
        description = "The version that this label stands for.")
    private @Nullable String label;

    String path() {
      return version != null ? "/versions/" + version : "/labels/" + label;
    }
  }

  /** The command, with rows from there where none are named. */
  public PredictCommand(ConfigOption config, Terminal terminal, InputStream standardInput) {
    this.config = config;
    this.terminal = terminal;
    this.standardInput = standardInput;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<PenstockConfig> loaded =
        config.isNamed() ? Optional.of(config.load().config()) : Optional.empty();
    byte[] request =
        RowsInput.request(
            rows(), input.equals("-") ? "standard input" : input, Optional.ofNullable(signature));
    ServiceClient service = options.client(loaded, PredictCommand::listen, "requests.rest");
    HttpResponse<byte[]> answer =
        service.post(
            "/v1/models/" + model + (choice == null ? "" : choice.path()) + ":predict",
            request,
            Duration.ofSeconds(timeoutSeconds));
    if (answer.statusCode() != 200) {
      terminal.err().println("penstock: " + answer.statusCode() + " " + error(answer.body()));
      return ExitCodes.FAILURE;
    }
    print(answer);
    return ExitCodes.OK;
  }

  private byte[] rows() throws IOException {
    if (input.equals("-")) {
      return standardInput.readAllBytes();
    }
    Path file = Path.of(input);
    if (!Files.isReadable(file)) {
      throw new ConfigurationException(
          "--input: " + input + " cannot be read (expected: a file, or - for standard input)");
    }
    return Files.readAllBytes(file);
  }

  /** Where a service of that configuration answers. */
  private static HttpConfig.Address listen(PenstockConfig loaded) {
    RequestsConfig.Rest rest = loaded.rest();
    if (rest == RequestsConfig.Rest.NONE) {
      throw new ConfigurationException(
          "requests.rest: none (expected: admin, or host:port; or say --url where another service"
              + " answers)");
    }
    return rest instanceof RequestsConfig.Own own ? own.listen() : loaded.http().listen();
  }

  private static String error(byte[] body) {
    try {
      return RowsInput.JSON.readTree(body).path("error").asText();
    } catch (IOException e) {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private void print(HttpResponse<byte[]> answer) throws IOException {
    JsonNode body = RowsInput.JSON.readTree(answer.body());
    JsonNode predictions = body.path("predictions");
    if (predictions.isArray()) {
      for (JsonNode prediction : predictions) {
        terminal.out().println(RowsInput.JSON.writeValueAsString(prediction));
      }
    } else {
      terminal.out().println(RowsInput.JSON.writeValueAsString(body));
    }
    terminal.out().flush();
    answer
        .headers()
        .firstValue(Answer.SERVED_BY)
        .ifPresent(by -> terminal.err().println("served by " + by.replace(';', ' ')));
  }
}
