package io.penstock.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class MetricReferenceTest {

  @Test
  void shouldBeThePageInTheDocumentation() throws IOException {
    Path committed = Path.of("docs/metrics.md");

    assertThat(MetricReference.markdown())
        .as("if this is meant: ./penstock metrics > " + committed)
        .isEqualTo(Files.readString(root().resolve(committed)));
  }

  private static Path root() {
    return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
        .filter(path -> Files.isDirectory(path.resolve("examples")))
        .findFirst()
        .orElseThrow();
  }
}
