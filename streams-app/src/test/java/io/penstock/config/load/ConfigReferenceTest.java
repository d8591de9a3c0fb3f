package io.penstock.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigReferenceTest {

  @TempDir private Path folder;

  @Test
  void shouldBeThePageInTheDocumentation() throws IOException {
    Path committed = Path.of("docs/configuration.md");

    assertThat(ConfigReference.page())
        .as("if this is meant: ./penstock config reference > " + committed)
        .isEqualTo(Files.readString(root().resolve(committed)));
  }

  @Test
  void shouldNameEveryKeyThatAFileHas() {
    EffectiveConfig effective =
        new ConfigFiles(folder)
            .load(
                ConfigFiles.MINIMAL.replace(
                    "{topic: payments}", "{topic: payments, fields: {x: amount}}"));

    assertThat(effective.entries())
        .extracting(
            entry ->
                entry
                    .key()
                    .replace("models.fraud", "models.<model>")
                    .replace("pipelines.payments-fraud", "pipelines.<pipeline>")
                    .replace("fields.x", "fields.<input>"))
        .allSatisfy(key -> assertThat(ConfigReference.page()).contains("| `" + key + "` |"));
  }

  private static Path root() {
    return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
        .filter(path -> Files.isDirectory(path.resolve("examples")))
        .findFirst()
        .orElseThrow();
  }
}
