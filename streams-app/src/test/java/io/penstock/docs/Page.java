package io.penstock.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A page of the documentation, in Markdown. */
public record Page(Path file, String text) {

  /** A fenced block, in a list too: its indent, its language, its lines. */
  private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```([a-z]*)\\R(.*?)^\\1```$");

  private static final Pattern COMMAND =
      Pattern.compile(
          "(?m)^\\s*((?:\\$ |\\./penstock |curl |kcat |kafka-|docker |kubectl |aws |mvn ).*)$");

  private static final Set<String> COMMANDS = Set.of("sh", "console");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  /** The root of the checkout. */
  public static Path root() {
    return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
        .filter(folder -> Files.isDirectory(folder.resolve("docs/adr")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no folder above the working directory has docs/"));
  }

  /** Every page: the root's and those under {@code docs/}. */
  public static List<Page> all() {
    try (Stream<Path> root = Files.list(root());
        Stream<Path> docs = Files.walk(root().resolve("docs"))) {
      return Stream.concat(root, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .map(Page::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A page by its file. */
  public static Page read(Path file) {
    try {
      return new Page(file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The fenced blocks of a language; those of no language for an empty text. */
  public List<String> blocks(String language) {
    return BLOCK
        .matcher(text)
        .results()
        .filter(block -> block.group(2).equals(language))
        .map(Page::unindented)
        .toList();
  }

  private static String unindented(MatchResult block) {
    return block.group(3).replaceAll("(?m)^" + block.group(1), "");
  }

  /** The command lines of its blocks of the languages {@code sh} and {@code console}, in order. */
  public List<ShownCommand> commands() {
    return BLOCK
        .matcher(text)
        .results()
        .filter(block -> COMMANDS.contains(block.group(2)))
        .flatMap(block -> ShownCommand.of(unindented(block), block.group(2).equals("console")))
        .toList();
  }

  /** What a pattern's first group finds outside of fenced blocks. */
  public List<String> inProse(Pattern pattern) {
    return find(pattern, BLOCK.matcher(text).replaceAll(""));
  }

  /** What a pattern's first group finds in fenced blocks of no language. */
  public List<String> inBlocks(Pattern pattern) {
    return find(pattern, String.join("", blocks("")));
  }

  /** Lines that are commands, in blocks that do not say so. */
  public List<String> uncalled() {
    return inBlocks(COMMAND);
  }

  /** What a pattern's first group finds anywhere. */
  List<String> anywhere(Pattern pattern) {
    return find(pattern, text);
  }

  private static List<String> find(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(found -> found.group(1)).toList();
  }

  /** The anchors of the headings, as web sites that show Markdown make them. */
  Set<String> anchors() {
    return HEADING
        .matcher(BLOCK.matcher(text).replaceAll(""))
        .results()
        .map(Page::anchor)
        .collect(Collectors.toSet());
  }

  private static String anchor(MatchResult heading) {
    return heading
        .group(1)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{Alnum} _-]", "")
        .replace(' ', '-');
  }

  @Override
  public String toString() {
    return root().relativize(file).toString();
  }
}
