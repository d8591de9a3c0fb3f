package io.penstock.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.check.Examples;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code penstock model} on the examples' models. */
final class ModelCommandsIT {

  private static final Path DIGITS = Examples.folder("digits");

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void shouldShowAModel() {
    int code = run("inspect", DIGITS.toString());

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("digits/1  ", "digits/2  ")
        .contains("  written by   TensorFlow 2.21.0")
        .contains("  tags         [[serve]]")
        .contains("  warm-up      synthetic batches")
        .contains("  signature    serving_default  tensorflow/serving/predict")
        .contains("    input      pixels: float32[-1,64]  (serving_default_pixels:0)")
        .contains("    output     probabilities: float32[-1,10]  (StatefulPartitionedCall");
  }

  /** As {@code saved_model_cli show --all} does, whatever can be served of it. */
  @Test
  void shouldShowAllOfAModelThatCannotBeServed() throws IOException {
    // given a graph with another tag, which is as long
    Path version = Files.createDirectories(folder.resolve("fraud/7"));
    String graph = Files.readString(DIGITS.resolve("1/saved_model.pb"), ISO_8859_1);
    Files.writeString(
        version.resolve("saved_model.pb"), graph.replace("\u0005serve", "\u0005train"), ISO_8859_1);

    // when
    int code = run("inspect", folder.resolve("fraud").toString());

    // then
    assertThat(code).isEqualTo(ExitCodes.FAILURE);
    assertThat(out.toString())
        .contains("  cannot be served: it has no graph with tag serve (found: [[train]]).")
        .contains("  signature    serving_default  tensorflow/serving/predict")
        .contains("    input      pixels: float32[-1,64]  (serving_default_pixels:0)");
  }

  @Test
  void shouldShowWhatItKnowsOfAModelThatDoesNotRun() throws IOException {
    // given rows that the model does not take
    Path rows = Files.writeString(folder.resolve("rows.json"), "{\"instances\": [[1, 2]]}");

    // when
    int code = run("inspect", DIGITS.toString(), "--run", rows.toString());
    String text = out.toString();
    int jsonCode = run("inspect", DIGITS.toString(), "--run", rows.toString(), "--output", "json");

    // then
    assertThat(code).isEqualTo(ExitCodes.FAILURE);
    assertThat(text).contains("  signature    serving_default  tensorflow/serving/predict");
    assertThat(err.toString()).contains("instance 1, pixels");
    assertThat(jsonCode).isEqualTo(ExitCodes.FAILURE);
    JsonNode json = new ObjectMapper().readTree(out.toString().substring(text.length()));
    assertThat(json.path("versions")).hasSize(2);
    assertThat(json.has("predictions")).isFalse();
  }

  @Test
  void shouldShowOneVersionAsJson() throws IOException {
    int code = run("inspect", DIGITS.resolve("2").toString(), "--output", "json");

    JsonNode version = new ObjectMapper().readTree(out.toString()).path("versions").path(0);
    assertThat(code).as(err.toString()).isZero();
    assertThat(version.path("model").asText()).isEqualTo("digits");
    assertThat(version.path("version").asInt()).isEqualTo(2);
    assertThat(version.path("fingerprint").asText()).hasSize(16);
    assertThat(version.at("/signatures/serving_default/inputs/0/shape").toString())
        .isEqualTo("[-1,64]");
  }

  @Test
  void shouldRunInstancesThroughTheNewestVersion() throws IOException {
    // given
    Path rows =
        Files.writeString(
            folder.resolve("rows.json"),
            "{\"instances\": [[" + "0,".repeat(63) + "0], [" + "9,".repeat(63) + "0.5]]}");

    // when
    int code = run("inspect", DIGITS.toString(), "--run", rows.toString(), "--output", "json");

    // then
    JsonNode predictions = new ObjectMapper().readTree(out.toString()).path("predictions");
    assertThat(code).as(err.toString()).isZero();
    assertThat(predictions).hasSize(2);
    assertThat(predictions.path(0).path("digit").isIntegralNumber()).isTrue();
    assertThat(predictions.path(1).path("probabilities")).hasSize(10);
  }

  @Test
  void shouldRunZeros() {
    int code = run("inspect", Examples.folder("cars-mpg").toString(), "--run", "zeros");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("{\"predictions\":[{\"grade\":");
  }

  @Test
  void shouldSayThatAModelWouldServe() {
    int code = run("check", DIGITS.toString(), "--batch-rows", "8", "--settle", "1ms");

    assertThat(out.toString())
        .contains("OK       digits/1: is complete (complete-when: settled)")
        .contains("OK       digits/1: loads; signatures [serving_default]")
        .contains("MiB of memory, estimated; no limit was given to hold it against")
        .contains("OK       digits/2: warms up: 24 runs, all synthetic")
        .contains("OK       digits/2: has no golden checks");
    assertThat(code).isZero();
  }

  /** One that does not fit is refused where it is loaded: FitLoaderTest. */
  @Test
  void shouldHoldAModelAgainstTheMemoryThatThereIs() {
    int code =
        run("check", DIGITS.resolve("1").toString(), "--settle", "1ms", "--native-memory", "1GiB");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("and so does the next beside it (--native-memory: 1024.0 MiB)");
  }

  @Test
  void shouldSayWhatStopsAModelFromServing() throws IOException {
    // given
    Files.createDirectories(folder.resolve("fraud/7"));
    Files.writeString(folder.resolve("fraud/7/saved_model.pb"), "half a copy");

    // when
    int code = run("check", folder.resolve("fraud").toString(), "--settle", "1ms");

    // then
    assertThat(code).isEqualTo(ExitCodes.FAILURE);
    assertThat(out.toString())
        .contains("FAILED   fraud/7: fraud/7 could not be loaded from ")
        .contains("saved_model.pb is truncated or no SavedModel. Copy it again.");
  }

  @Test
  void shouldNameEveryFileThatIsNotAsTheManifestSays() throws IOException {
    // given
    Path version = Files.createDirectories(folder.resolve("fraud/7"));
    Files.writeString(version.resolve("saved_model.pb"), "half a copy");
    Files.writeString(version.resolve("notes.txt"), "");
    Files.writeString(
        version.resolve("MANIFEST.sha256"),
        "0".repeat(64) + "  saved_model.pb\n" + "0".repeat(64) + "  assets/words.txt\n");

    // when
    int code = run("check", folder.resolve("fraud").toString(), "--complete-when", "manifest");

    // then
    assertThat(code).isEqualTo(ExitCodes.FAILURE);
    assertThat(out.toString().lines())
        .containsExactly(
            "FAILED   fraud/7: is not taken up: MANIFEST.sha256 does not match: assets/words.txt is"
                + " missing; notes.txt is not listed (complete-when: manifest)");
  }

  @Test
  void shouldJudgeAVersionByItsOwnFolder() throws IOException {
    // given
    Path version = Files.createDirectories(folder.resolve("fraud/7"));
    Files.writeString(version.resolve("saved_model.pb"), "half a copy");
    Files.createDirectories(folder.resolve("fraud/8"));

    // when
    int code = run("check", version.toString(), "--complete-when", "marker", "--marker", "DONE");

    // then
    assertThat(code).isEqualTo(ExitCodes.FAILURE);
    assertThat(out.toString().lines())
        .containsExactly(
            "FAILED   fraud/7: is not taken up: its marker DONE is missing (complete-when: marker)");
  }

  @Test
  void shouldFollowLinksOutOfTheModelsFolderOnlyIfToldTo() throws IOException {
    // given
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("saved_model.pb"), "half a copy");
    Path model = Files.createDirectories(folder.resolve("fraud"));
    Files.createSymbolicLink(model.resolve("7"), elsewhere);

    // when
    int inside = run("check", model.toString(), "--settle", "1ms");
    String refusal = out.toString();
    int anywhere = run("check", model.toString(), "--settle", "1ms", "--follow-links", "anywhere");

    // then
    assertThat(inside).isEqualTo(ExitCodes.FAILURE);
    assertThat(refusal)
        .startsWith("FAILED   fraud/7: is not taken up: the link ")
        .contains("out of base path");
    assertThat(anywhere).isEqualTo(ExitCodes.FAILURE);
    assertThat(out.toString().substring(refusal.length()))
        .startsWith("OK       fraud/7: is complete (complete-when: settled)");
  }

  @Test
  void shouldSayThatAFolderIsNoModel() {
    int code = run("inspect", folder.toString());

    assertThat(code).isEqualTo(ExitCodes.FAILURE);
    assertThat(err.toString())
        .startsWith("penstock: " + folder + " is no model: it holds neither saved_model.pb nor");
  }

  private int run(String command, String... arguments) {
    String[] line = new String[arguments.length + 2];
    line[0] = "model";
    line[1] = command;
    System.arraycopy(arguments, 0, line, 2, arguments.length);
    return PenstockMain.run(
        new Terminal(new PrintWriter(out, true), new PrintWriter(err, true)),
        Map.of(),
        (order, errors) -> 0,
        line);
  }
}
