package io.penstock.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command line that the pages show is one that the command line takes. */
final class CommandLinesIT {

  /** In a fenced block: up to a comment, a pipe or the line's end. */
  private static final Pattern SHOWN = Pattern.compile("\\./penstock ([^#|\\n]+)");

  private static final Pattern NAMED = Pattern.compile("`(?:\\./)?penstock ([^`]+)`");

  private static final String DEMO = "demo";

  static Set<String> commandLines() {
    Set<String> lines = new TreeSet<>();
    for (Page page : Page.all()) {
      page.inBlocks(SHOWN).forEach(line -> lines.add(line.strip()));
      page.inProse(NAMED).forEach(line -> lines.add(line.strip()));
    }
    return lines;
  }

  static Stream<String> ofTheService() {
    return commandLines().stream().filter(line -> !line.startsWith(DEMO));
  }

  @ParameterizedTest
  @MethodSource("ofTheService")
  void shouldBeOneOfTheService(String line) throws Exception {
    List<String> words = Arrays.asList(line.split(" +"));
    List<String> path = words.stream().takeWhile(word -> word.matches("[a-z][a-z-]*")).toList();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.add("io.penstock.cli.PenstockMain");
    command.addAll(path);
    command.add("--help");

    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String help = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    // Asked for help, the command line overlooks what it does not know: so the help must know it.
    assertThat(process.waitFor()).as(help).isZero();
    assertThat(help).startsWith("Usage: penstock " + String.join(" ", path) + " [");
    assertThat(words.stream().filter(word -> word.startsWith("--")))
        .allSatisfy(option -> assertThat(help).containsPattern(option + "\\b(?!-)"));
  }

  @Test
  void shouldBeOneOfTheDemo() throws IOException {
    String options =
        Files.readString(
            Page.root().resolve("demo/src/main/java/io/penstock/demo/DemoCommand.java"));
    List<String> lines = commandLines().stream().filter(line -> line.startsWith(DEMO)).toList();

    assertThat(lines).isNotEmpty();
    for (String line : lines) {
      assertThat(Arrays.stream(line.split(" +")).filter(word -> word.startsWith("--")))
          .as("penstock %s", line)
          .allMatch(option -> options.contains('"' + option + '"') || option.equals("--help"));
    }
  }
}
