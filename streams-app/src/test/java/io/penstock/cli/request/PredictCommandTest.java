package io.penstock.cli.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.HttpConfig;
import io.penstock.http.OneModel;
import io.penstock.http.RequestServer;
import io.penstock.testkit.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command against a server with {@code half_plus_two}. */
final class PredictCommandTest {

  private static final String ROWS = "{\"x\": 1.0}\n{\"x\": 5.0}\n";

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private OneModel model;
  private RequestServer server;

  @BeforeEach
  void start() {
    model = new OneModel();
    server = model.serve();
  }

  @AfterEach
  void stop() {
    server.close();
    model.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ROWS,
        "1.0 5.0",
        "[1.0, 5.0]",
        "{\"instances\": [1.0, 5.0]}",
        "{\"signature_name\": \"serving_default\", \"instances\": [{\"x\": 1}, {\"x\": 5}]}"
      })
  void shouldPrintAPredictionForEachRow(String input) {
    int code = run(input, "half_plus_two", "--url", url("http"));

    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "served by model=half_plus_two version=123 fingerprint=5c1f0a\n");
    assertThat(out.toString().lines()).containsExactly("2.5", "4.5");
    assertThat(code).isEqualTo(ExitCodes.OK);
  }

  @Test
  void shouldReadAFileAndPrintColumnsAsTheyCome() throws IOException {
    Path file = Files.writeString(folder.resolve("rows.json"), "{\"inputs\": [1.0, NaN]}");

    int code =
        run("", "half_plus_two", "--label", "stable", "-i", file.toString(), "--url", url("http"));

    assertThat(out.toString().lines()).containsExactly("{\"outputs\":[2.5,NaN]}");
    assertThat(code).isEqualTo(ExitCodes.OK);
  }

  @Test
  void shouldSayWhatTheServiceSays() {
    assertThat(run(ROWS, "half_plus_two", "--model-version", "7", "--url", url("http")))
        .isEqualTo(ExitCodes.FAILURE);
    assertThat(err.toString().lines())
        .containsExactly(
            "penstock: 404 Servable not found for request: Specific(half_plus_two, 7)");
    assertThat(run(ROWS, "half_plus_two", "--signature", "other", "--url", url("http")))
        .isEqualTo(ExitCodes.FAILURE);
    assertThat(err.toString()).contains("penstock: 400 Serving signature key \"other\" not found");
  }

  @Test
  void shouldSayWhatIsWrongWithTheInput() {
    assertThat(run("", "half_plus_two", "--url", url("http"))).isNotEqualTo(ExitCodes.OK);
    assertThat(run("{\"x\": }", "half_plus_two", "--url", url("http"))).isNotEqualTo(ExitCodes.OK);
    assertThat(run("", "half_plus_two", "-i", "nowhere.json", "--url", url("http")))
        .isNotEqualTo(ExitCodes.OK);

    assertThat(failures)
        .anyMatch(it -> it.contains("standard input has no rows (expected: 1 or more"))
        .anyMatch(it -> it.contains("standard input is no JSON at line 1, column 7"))
        .anyMatch(it -> it.contains("nowhere.json cannot be read"));
  }

  @Test
  void shouldTakeAddressAndTokenFromTheConfigurationAndTrustWhatItIsTold() throws Exception {
    // given
    Identity identity = Identity.make(folder, "service", "keystore-password");
    Path token = Files.writeString(folder.resolve("token"), "s3cret\n");
    try (RequestServer secure =
        model.serve(
            new HttpConfig(
                new HttpConfig.Address("localhost", 0),
                Optional.of(new HttpConfig.Tls(identity.keystore(), identity.password())),
                Optional.of(token)))) {
      Path config =
          Files.writeString(
              folder.resolve("penstock.yaml"),
              """
              service: scoring
              kafka: {bootstrap.servers: "kafka:9092"}
              models: {half_plus_two: {path: m}}
              http: {token-file: token, tls: {keystore: "%s", keystore-password: "%s"}}
              requests: {rest: "localhost:%d"}
              """
                  .formatted(identity.keystore(), identity.password(), secure.port()));
      // when
      int code =
          run(
              ROWS,
              "half_plus_two",
              "--config",
              config.toString(),
              "--trust",
              identity.pem().toString());
      // then
      assertThat(failures).isEmpty();
      assertThat(err.toString()).startsWith("served by");
      assertThat(out.toString().lines()).containsExactly("2.5", "4.5");
      assertThat(code).isEqualTo(ExitCodes.OK);
    }
  }

  private String url(String scheme) {
    return scheme + "://127.0.0.1:" + server.port();
  }

  private final List<String> failures = new ArrayList<>();

  private int run(String input, String... args) {
    PredictCommand command =
        new PredictCommand(
            new ConfigOption(Map.of()),
            new Terminal(new PrintWriter(out, true), new PrintWriter(err, true)),
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    return new CommandLine(command)
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              failures.add(String.valueOf(failure.getMessage()));
              return ExitCodes.FAILURE;
            })
        .execute(args);
  }
}
