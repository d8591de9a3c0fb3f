package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PenstockMainTest {

  private static int noService(ServeCommand.Order order, PrintWriter err) {
    throw new IllegalStateException("http.listen of " + order.config().service() + " is taken");
  }

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void shouldServeTheConfiguration() throws IOException {
    int code =
        run(
            Map.of(),
            (order, err) -> order.config().service().length(),
            "serve",
            "--config",
            config());

    assertThat(code).isEqualTo("scoring".length());
  }

  @Test
  void shouldTakeTheFileFromTheEnvironment() throws IOException {
    int code = run(Map.of("PENSTOCK_CONFIG", config()), (order, err) -> 0, "serve");

    assertThat(code).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldSayInOneLineWhyItCannotServe() throws IOException {
    int code = run(Map.of(), PenstockMainTest::noService, "serve", "--config", config());

    assertThat(code).isEqualTo(ExitCodes.FAILURE);
    assertThat(err.toString().lines()).containsExactly("penstock: http.listen of scoring is taken");
  }

  @Test
  void shouldTellByItsExitCodeThatTheBrokersHaveNotAnsweredInTime() throws IOException {
    int code =
        run(
            Map.of(),
            (order, err) -> {
              throw new TimeoutException("topic d was not read to its end within PT60S");
            },
            "serve",
            "--config",
            config());

    assertThat(code).isEqualTo(ExitCodes.UNREACHABLE);
    assertThat(err.toString().lines())
        .containsExactly("penstock: topic d was not read to its end within PT60S");
  }

  @Test
  void shouldPrintAStackTraceOnlyWhenAsked() throws IOException {
    int code =
        run(Map.of(), PenstockMainTest::noService, "serve", "--stacktrace", "--config", config());

    assertThat(code).isEqualTo(ExitCodes.FAILURE);
    assertThat(err.toString()).contains("IllegalStateException", "\tat ");
  }

  @Test
  void shouldPrintEachProblemOfAConfigurationOnItsLine() throws IOException {
    Path file = Files.writeString(folder.resolve("bad.yaml"), "servce: x\nhttp: {listen: 1}\n");

    int code =
        run(Map.of(), PenstockMainTest::noService, "config", "show", "--config", file.toString());

    assertThat(code).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString().lines())
        .hasSizeGreaterThan(3)
        .allMatch(l -> l.startsWith(file + ":"));
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void shouldShowTheConfiguration() throws IOException {
    int code = run(Map.of(), PenstockMainTest::noService, "config", "show", "-c", config());

    assertThat(code).isZero();
    assertThat(out.toString()).contains("pipelines.p.batch.rows: 128", "# default");
  }

  @Test
  void shouldExplainTheConfiguration() {
    int code = run(Map.of(), PenstockMainTest::noService, "config", "reference");

    assertThat(code).isZero();
    assertThat(out.toString()).startsWith("# Configuration").contains("`service`");
  }

  @Test
  void shouldWarnOfKeysThatOnlyPlugInsRead() throws IOException {
    int code =
        run(
            Map.of("PENSTOCK_KAFKA__AUDIT_SAMPLING", "7"),
            (order, err) -> 0,
            "serve",
            "--config",
            config());

    assertThat(code).isZero();
    assertThat(err.toString().lines())
        .containsExactly(
            "WARNING  configuration: environment PENSTOCK_KAFKA__AUDIT_SAMPLING:"
                + " kafka.audit.sampling: no key of Kafka's own; passed on for plug-ins to read");
  }

  @Test
  void shouldSayWhatIsMissingOnTheCommandLine() {
    assertThat(run(Map.of(), PenstockMainTest::noService, "serve")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString().lines())
        .containsExactly(
            "--config: missing (expected: a file, or the environment variable PENSTOCK_CONFIG)");
  }

  @Test
  void shouldSayWhatAVersionsNumberIs() throws IOException {
    int code =
        run(
            Map.of("PENSTOCK_CONFIG", config()),
            PenstockMainTest::noService,
            "promote",
            "digits",
            "20300131120000000000");

    assertThat(code).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString().lines())
        .containsExactly(
            "VERSION: 20300131120000000000 (expected: a version's number, at most 18 digits)");
  }

  @Test
  void shouldReplayKnownPipelinesBetweenPlacesIntoTopicsOfItsOwn() throws IOException {
    for (String[] words :
        new String[][] {
          {"q", "0", "again"}, {"p", "noon", "again"}, {"p", "0", "o"}, {"p", "0", "scoring.audit"},
        }) {
      int code =
          run(
              Map.of("PENSTOCK_CONFIG", config()),
              PenstockMainTest::noService,
              "pipeline",
              "replay",
              words[0],
              "--from",
              words[1],
              "--to",
              words[2]);

      assertThat(code).isEqualTo(ExitCodes.USAGE);
    }
    assertThat(err.toString().lines())
        .containsExactly(
            "PIPELINE: q (expected: one of [p])",
            "--from: noon (expected: an offset, or a time such as 2030-01-31T12:00:00Z)",
            "--to: o (expected: a topic that the service does not use itself; key:"
                + " pipelines.p.output.topic)",
            "--to: scoring.audit (expected: a topic that the service does not use itself; key:"
                + " service)");
  }

  @Test
  void shouldHelpWithAWrongCommandLine() {
    assertThat(run(Map.of(), PenstockMainTest::noService, "config")).isEqualTo(ExitCodes.USAGE);
    assertThat(run(Map.of(), PenstockMainTest::noService)).isEqualTo(ExitCodes.USAGE);
    assertThat(run(Map.of(), PenstockMainTest::noService, "serv")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString().lines())
        .containsExactly(
            "penstock: Missing required subcommand",
            "Try: penstock config --help",
            "penstock: Missing required subcommand",
            "Try: penstock --help",
            "penstock: Unmatched argument at index 0: 'serv'",
            "Try: penstock --help");
  }

  @Test
  void shouldDescribeItself() {
    assertThat(run(Map.of(), PenstockMainTest::noService, "--help")).isZero();
    assertThat(run(Map.of(), PenstockMainTest::noService, "topics", "--help")).isZero();
    assertThat(run(Map.of(), PenstockMainTest::noService, "--version")).isZero();
    assertThat(out.toString())
        .contains("serve", "config", "topics", "schema", "Exit codes:", "--replication-factor")
        .contains("penstock from a build folder");
  }

  private String config() throws IOException {
    return Files.writeString(
            folder.resolve("penstock.yaml"),
            """
            service: scoring
            kafka: {bootstrap.servers: "127.0.0.1:1"}
            registry: {schema.registry.url: "http://127.0.0.1:1"}
            models:
              m: {path: m}
            pipelines:
              p:
                model: m
                start-from: earliest
                input: {topic: i}
                output: {topic: o}
                dead-letters: {topic: d}
            """)
        .toString();
  }

  private int run(Map<String, String> environment, ServeCommand.Service service, String... args) {
    Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true));
    return PenstockMain.run(terminal, environment, service, args);
  }
}
