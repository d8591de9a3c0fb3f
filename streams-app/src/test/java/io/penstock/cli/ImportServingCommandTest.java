package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.cli.shell.Terminal;
import io.penstock.config.load.ConfigLoader;
import io.penstock.docs.Page;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of "Moving from TensorFlow Serving", by the command line that the page shows. */
final class ImportServingCommandTest {

  private static final Pattern FILES =
      Pattern.compile("```(?:textproto|yaml)\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path models = Path.of("");
  private Path batching = Path.of("");
  private String yaml = "";

  @BeforeEach
  void readPage() throws IOException {
    String page = Files.readString(Page.root().resolve("docs/moving-from-tensorflow-serving.md"));
    List<String> shown =
        FILES.matcher(page).results().map((MatchResult block) -> block.group(1)).toList();
    assertThat(shown).hasSize(3);
    models = Files.writeString(folder.resolve("models.config"), shown.get(0));
    batching = Files.writeString(folder.resolve("batching.config"), shown.get(1));
    yaml = shown.get(2);
  }

  @Test
  void shouldPrintWhatThePageShows() {
    assertThat(run()).as(err.toString()).isZero();

    assertThat(out).hasToString(yaml);
    assertThat(err.toString().lines())
        .containsExactly(
            "penstock: model half_plus_two: labels are given by command: ./penstock label"
                + " half_plus_two stable 42",
            "penstock: pad_variable_length_inputs has no counterpart: requests with rows of other"
                + " lengths are run in batches of their own");
  }

  @Test
  void shouldWriteAFileThatLoadsAndIsNotWrittenOver() throws IOException {
    Path file = folder.resolve("serving.yaml");

    assertThat(run("--output", file.toString())).as(err.toString()).isZero();
    assertThat(run("--output", file.toString())).isEqualTo(1);

    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("is there already (expected: a new file)");
    assertThat(new ConfigLoader(Map.of(), 2, 1L << 30).load(file).config().models().keySet())
        .containsExactly("half_plus_two");
    assertThat(file).hasContent(yaml);
  }

  private int run(String... more) {
    String[] args =
        Stream.concat(
                Stream.of(
                    "import",
                    "tensorflow-serving",
                    "--models-config",
                    models.toString(),
                    "--batching-parameters",
                    batching.toString()),
                Arrays.stream(more))
            .toArray(String[]::new);
    return PenstockMain.run(
        new Terminal(new PrintWriter(out, true), new PrintWriter(err, true)),
        Map.of(),
        (order, messages) -> 0,
        args);
  }
}
