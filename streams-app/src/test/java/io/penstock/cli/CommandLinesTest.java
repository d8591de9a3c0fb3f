package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.cli.shell.Terminal;
import io.penstock.docs.Page;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command line that the pages show is one that the command line takes. */
final class CommandLinesTest {

  private static final Pattern NAMED = Pattern.compile("`(?:\\./)?penstock ([^`]+)`");

  private static final Pattern USAGE = Pattern.compile("Usage: penstock (.+?) \\[");

  private static final String DEMO = "demo";

  static Set<String> commandLines() {
    Set<String> lines = new TreeSet<>();
    for (Page page : Page.all()) {
      page.commands().stream()
          .flatMap(command -> command.pipe().stream())
          .filter(call -> call.get(0).equals("./penstock"))
          .forEach(call -> lines.add(String.join(" ", call.subList(1, call.size()))));
      page.inProse(NAMED).forEach(line -> lines.add(line.strip()));
    }
    return lines;
  }

  static Stream<String> ofTheService() {
    return commandLines().stream().filter(line -> !line.startsWith(DEMO));
  }

  @ParameterizedTest
  @MethodSource("ofTheService")
  void shouldBeOneOfTheService(String line) {
    List<String> words = Arrays.asList(line.split(" +"));
    List<String> path = words.stream().takeWhile(word -> word.matches("[a-z][a-z-]*")).toList();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();

    int code =
        PenstockMain.run(
            new Terminal(new PrintWriter(out), new PrintWriter(err)),
            Map.of(),
            (order, messages) -> 0,
            Stream.concat(path.stream(), Stream.of("--help")).toArray(String[]::new));

    String help = out.toString();
    // Asked for help, the command line overlooks what it does not know: so the help must know it.
    assertThat(code).as(help + err).isZero();
    Matcher usage = USAGE.matcher(help);
    assertThat(usage.lookingAt()).as(help).isTrue();
    // Words after the command's name are parameters, unless it wants the name of another command.
    assertThat(" " + String.join(" ", path) + " ").startsWith(" " + usage.group(1) + " ");
    assertThat(help.lines().findFirst().orElse("")).doesNotContain("[COMMAND]");
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
