package io.penstock.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A command line that a page shows, as a POSIX shell reads it; no more of that than the pages use.
 *
 * @param text as it stands on the page, without its comment
 * @param pipe the commands, each given what the one before it prints, as words
 * @param file where the output goes; empty for nowhere
 * @param comment what stands behind it
 * @param answer the lines that the page shows below it; empty unless it does
 */
public record ShownCommand(
    String text, List<List<String>> pipe, String file, String comment, String answer) {

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\G\\s*(?:(?<operator>[|>])|#\\s*(?<comment>.*)|(?<word>(?:'[^']*'|\"[^\"]*\"|[^\\s'\"|>])+))");

  private static final Pattern QUOTED = Pattern.compile("'([^']*)'|\"([^\"]*)\"");

  private static final String PROMPT = "$ ";

  public ShownCommand {
    pipe = pipe.stream().map(List::copyOf).toList();
  }

  /**
   * The commands of a block.
   *
   * @param answered whether only what stands behind a prompt is one, and the rest are answers
   */
  static Stream<ShownCommand> of(String block, boolean answered) {
    String joined = block.replaceAll("\\\\\\R\\s*", "");
    if (!answered) {
      return joined.lines().filter(line -> !line.isBlank()).map(line -> parse(line, ""));
    }
    return Stream.of(joined.split("(?m)^" + Pattern.quote(PROMPT)))
        .filter(command -> !command.isBlank())
        .map(command -> command.split("\\R", 2))
        .map(lines -> parse(lines[0], lines[1].strip()));
  }

  private static ShownCommand parse(String line, String answer) {
    List<List<String>> pipe = new ArrayList<>(List.of(new ArrayList<>()));
    String file = "";
    String comment = "";
    boolean isFile = false;
    int end = 0;
    Matcher token = TOKEN.matcher(line.stripTrailing());
    while (token.find()) {
      if (token.group("comment") != null) {
        comment = token.group("comment");
        continue;
      }
      end = token.end();
      if (token.group("word") == null) {
        isFile = token.group("operator").equals(">");
        if (!isFile) {
          pipe.add(new ArrayList<>());
        }
      } else if (isFile) {
        file = unquoted(token.group("word"));
      } else {
        pipe.get(pipe.size() - 1).add(unquoted(token.group("word")));
      }
    }
    return new ShownCommand(line.substring(0, end).strip(), pipe, file, comment, answer);
  }

  private static String unquoted(String word) {
    return QUOTED.matcher(word).replaceAll(ShownCommand::content);
  }

  private static String content(MatchResult quoted) {
    String content = quoted.group(1) == null ? quoted.group(2) : quoted.group(1);
    return Matcher.quoteReplacement(content);
  }

  /** Whether its first command is that program, followed by these arguments. */
  public boolean isCallOf(String... words) {
    List<String> first = pipe.get(0);
    return first.size() >= words.length && first.subList(0, words.length).equals(List.of(words));
  }

  @Override
  public String toString() {
    return text;
  }
}
