package io.penstock.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.load.ConfigLoader;
import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages say exists, and what they show is understood. */
final class DocsTest {

  /** A link's target, but for those that lead out of the checkout. */
  static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)]+)\\)");

  private static final Pattern TEST_CLASS = Pattern.compile("`([A-Z]\\w*[a-z](?:Test|IT))`");

  private static final Pattern COMMAND =
      Pattern.compile(
          "(\\{\"(?:promote|rollback|load|unload|pin|unpin|label|abort)\":\\{[^{}]*}[^{}]*})");

  /** A reference to a secret, which the reader's machine has and this one does not. */
  private static final String SECRET = "\\$\\{(?:env|file):[^}]*}";

  /** The beginning of a block that goes on with a pipeline's input. */
  private static final Pattern INPUT_KEYS = Pattern.compile("  (?:defaults|casts):");

  /** All that a configuration needs but a pipeline's input and output. */
  private static final String MINIMAL =
      """
      service: docs
      kafka: {bootstrap.servers: "localhost:9092"}
      registry: {schema.registry.url: "http://localhost:8081"}
      models:
        fraud: {path: models/fraud}
      pipelines:
        fraud:
          model: fraud
          start-from: earliest
          dead-letters: {topic: dead}
      """;

  @TempDir private Path folder;

  static List<Page> pages() {
    return Page.all();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void shouldLinkToWhatExists(Page page) {
    for (String link : page.inProse(LINK)) {
      String[] target = link.split("#", 2);
      Path file = target[0].isEmpty() ? page.file() : page.file().resolveSibling(target[0]);
      assertThat(file.normalize()).as("%s links to %s", page, link).exists();
      if (target.length > 1) {
        assertThat(Page.read(file.normalize()).anchors())
            .as("headings that %s links to with %s", page, link)
            .contains(target[1]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void shouldShowConfigurationsThatLoad(Page page) throws IOException {
    for (String yaml : configurations(page)) {
      Path file =
          Files.writeString(folder.resolve("shown.yaml"), yaml.replaceAll(SECRET, "secret"));

      assertThat(new ConfigLoader(Map.of(), 2, 1L << 30).load(file).config().pipelines())
          .as("pipelines of a configuration in %s", page)
          .isNotEmpty();
    }
  }

  @Test
  void shouldShowInputsAndOutputsThatLoad() throws IOException {
    Page formats = Page.read(Page.root().resolve("docs/formats.md"));
    List<String> shown = new ArrayList<>();
    for (String block : formats.blocks("")) {
      if (block.startsWith("input:")) {
        shown.add(pipeline(block, "output: {topic: out, format: json}"));
      } else if (INPUT_KEYS.matcher(block).lookingAt()) {
        String input = "input:\n  topic: in\n  format: json\n" + block;
        shown.add(pipeline(input, "output: {topic: out, format: json}"));
      } else if (block.startsWith("output:")) {
        shown.add(pipeline("input: {topic: in}", block));
      }
    }

    assertThat(shown).hasSizeGreaterThan(5);
    for (String yaml : shown) {
      Path file = Files.writeString(folder.resolve("part.yaml"), yaml);
      assertThat(new ConfigLoader(Map.of(), 2, 1L << 30).load(file).config().pipelines())
          .as(yaml)
          .hasSize(1);
    }
  }

  private static String pipeline(String input, String output) {
    return MINIMAL + input.indent(4) + output.indent(4);
  }

  @Test
  void shouldShowAConfigurationFirst() {
    assertThat(configurations(Page.read(Page.root().resolve("README.md")))).isNotEmpty();
  }

  /** Whole ones, which begin with their first key; others are parts of one. */
  private static List<String> configurations(Page page) {
    return page.blocks("yaml").stream().filter(yaml -> yaml.startsWith("service:")).toList();
  }

  @Test
  void shouldShowCommandsThatTheControllerUnderstands() {
    ControlMessages messages = ControlMessages.jsonOnly();
    List<String> commands = new ArrayList<>();
    pages().forEach(page -> commands.addAll(page.anywhere(COMMAND)));

    assertThat(commands).hasSizeGreaterThan(3);
    for (String command : commands) {
      Decoded<Command> decoded = messages.command(command.getBytes(UTF_8));
      assertThat(decoded).as(command).isInstanceOf(Decoded.Message.class);
      assertThat(((Decoded.Message<Command>) decoded).unknownFields()).as(command).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void shouldNameTestsThatThereAre(Page page) throws IOException {
    Set<String> there = testClasses();

    assertThat(page.inProse(TEST_CLASS))
        .as("tests that %s names and that are not there", page)
        .filteredOn(name -> !there.contains(name))
        .isEmpty();
  }

  private static Set<String> testClasses() throws IOException {
    try (Stream<Path> modules = Files.list(Page.root())) {
      return modules
          .map(module -> module.resolve("src/test/java"))
          .filter(Files::isDirectory)
          .flatMap(DocsTest::files)
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .collect(Collectors.toSet());
    }
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldTestAsTheReadmeSays() throws IOException {
    String command = "mvn -B verify";

    assertThat(Page.read(Page.root().resolve("README.md")).text()).contains(command);
    assertThat(Files.readString(Page.root().resolve(".ci/run"))).contains(command);
  }
}
