package io.penstock.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of {@code docs/model-loader.md}. */
@Timeout(120)
final class DigitsExampleIT {

  private static final Path PAGE = TestModels.examples().resolveSibling("docs/model-loader.md");
  private static final Path SOURCE =
      TestModels.examples()
          .resolveSibling("model-loader/src/test/java/io/penstock/model/DigitsExample.java");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final double WHITE = 16;

  @Test
  void shouldReadDigitsByLabel() throws IOException {
    // given the first image of the file: its number, what it shows, its pixels
    Path file = TestModels.examples().resolve("digits/digits.csv");
    String[] image = Files.readAllLines(file).get(1).split(",", -1);
    ArrayNode pixels = new ObjectMapper().createArrayNode();
    for (int i = 2; i < image.length; i++) {
      pixels.add(Double.parseDouble(image[i]) / WHITE);
    }

    // when, then
    try (DigitsExample digits = new DigitsExample(TestModels.examples().resolve("digits"))) {
      digits.awaitVersions();
      assertThat(digits.digit("stable", pixels)).isEqualTo(Integer.parseInt(image[1]));
      assertThat(digits.digit("canary", pixels)).isEqualTo(Integer.parseInt(image[1]));
    }
  }

  @Test
  void shouldBeWhatThePageShows() throws IOException {
    Matcher shown = JAVA.matcher(Files.readString(PAGE));

    assertThat(shown.find()).isTrue();
    assertThat(Files.readString(SOURCE)).endsWith("\n\n" + shown.group(1));
  }
}
