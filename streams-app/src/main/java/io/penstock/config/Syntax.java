package io.penstock.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The grammar of one kind of value: how its text is read, which values are legal, and how a user is
 * told. Immutable. Every failure is an {@link IllegalArgumentException} whose message ends in
 * {@code (expected: …)}.
 */
public final class Syntax<T> {

  private static final Predicate<String> NOTHING = List.<String>of()::contains;

  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,10}");

  /** Far from where nanoseconds no longer fit a long. */
  private static final Duration LONGEST = Duration.ofDays(365);

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,15})(us|ms|s|m|h|d)");

  private final String expected;
  private final Function<String, Optional<T>> reader;
  private final Predicate<T> legal;
  private final List<String> names;
  private final Predicate<String> notYet;

  private Syntax(
      String expected,
      Function<String, Optional<T>> reader,
      Predicate<T> legal,
      Collection<String> names,
      Predicate<String> notYet) {
    this.expected = expected;
    this.reader = reader;
    this.legal = legal;
    this.names = List.copyOf(names);
    this.notYet = notYet;
  }

  /**
   * A syntax of its own.
   *
   * @param expected how a legal value is described to a user
   * @param reader a text's value; empty if the text has none
   */
  static <T> Syntax<T> of(String expected, Function<String, Optional<T>> reader) {
    return new Syntax<>(expected, reader, value -> true, List.of(), NOTHING);
  }

  /** Any text that is not blank. */
  public static Syntax<String> text(String expected) {
    return new Syntax<>(expected, Optional::of, text -> !text.isBlank(), List.of(), NOTHING);
  }

  /** Whole numbers from {@code min} to {@code max}, both inclusive. */
  static Syntax<Integer> wholeNumber(int min, int max) {
    String range = max == Integer.MAX_VALUE ? min + " or more" : min + "-" + max;
    return new Syntax<>(range, Syntax::readInt, n -> n >= min && n <= max, List.of(), NOTHING);
  }

  /** Times such as {@code 5ms}, {@code 10s}, {@code 2m} or ISO-8601's {@code PT5S}. */
  static Syntax<Duration> duration(Duration min) {
    String expected = "a time such as 5ms, 10s, 2m or PT5S";
    return new Syntax<>(
        min.isZero() ? expected : expected + ", at least " + min.toMillis() + "ms",
        Syntax::readDuration,
        duration -> duration.compareTo(min) >= 0 && duration.compareTo(LONGEST) <= 0,
        List.of(),
        NOTHING);
  }

  /** Sizes such as {@code 64MiB}. */
  static Syntax<DataSize> dataSize(long minBytes) {
    return new Syntax<>(
        "a size such as 512KB, 64MiB or 6GiB, at least " + DataSize.ofBytes(minBytes),
        DataSize::read,
        size -> size.bytes() >= minBytes,
        List.of(),
        NOTHING);
  }

  /** Sizes from {@code minBytes} to {@code maxBytes}, both inclusive. */
  static Syntax<DataSize> dataSize(long minBytes, long maxBytes) {
    String range = DataSize.ofBytes(minBytes) + " to " + DataSize.ofBytes(maxBytes);
    return new Syntax<>(
        "a size such as 512KB or 64MiB, " + range,
        DataSize::read,
        size -> size.bytes() >= minBytes && size.bytes() <= maxBytes,
        List.of(),
        NOTHING);
  }

  /** Sizes, or {@code unlimited}. */
  static Syntax<DataSize> dataSizeOrUnlimited(long minBytes) {
    return new Syntax<>(
        "unlimited, or a size such as 512MiB or 6GiB, at least " + DataSize.ofBytes(minBytes),
        text ->
            text.equals(DataSize.UNLIMITED.toString())
                ? Optional.of(DataSize.UNLIMITED)
                : DataSize.read(text),
        size -> size.bytes() >= minBytes,
        List.of(),
        NOTHING);
  }

  /** One of those values, by their {@link Object#toString() text}. */
  static <T> Syntax<T> choice(Collection<T> values) {
    List<String> texts = values.stream().map(String::valueOf).toList();
    return of(
        String.join(" | ", texts),
        text -> values.stream().filter(value -> value.toString().equals(text)).findFirst());
  }

  /** Texts that match a pattern. */
  public static Syntax<String> matching(Pattern pattern, String expected) {
    return new Syntax<>(
        expected, Optional::of, text -> pattern.matcher(text).matches(), List.of(), NOTHING);
  }

  /**
   * One of those names; a near miss is told which it may have meant. Where there are none to choose
   * from, any name will do: the lack of names is another key's problem.
   */
  public static Syntax<String> nameOf(String kind, Collection<String> names) {
    return new Syntax<>(
        "one of the " + kind + ": " + String.join(", ", names),
        Optional::of,
        name -> names.isEmpty() || names.contains(name),
        names,
        NOTHING);
  }

  /** This syntax without some values that something else owns. */
  public Syntax<T> except(Collection<T> taken, String why) {
    return new Syntax<>(
        expected + "; " + why, reader, legal.and(value -> !taken.contains(value)), names, notYet);
  }

  /** This syntax, also knowing values that a later release will read. */
  Syntax<T> notYet(String... texts) {
    return notYet(List.of(texts)::contains);
  }

  /** This syntax, also knowing that a later release will read all that another one reads. */
  Syntax<T> notYet(Syntax<?> later) {
    return notYet(text -> later.reads(text).isPresent());
  }

  private Syntax<T> notYet(Predicate<String> later) {
    return new Syntax<>(expected, reader, legal, names, notYet.or(later));
  }

  /** A legal value, as a user is told. */
  public String expected() {
    return expected;
  }

  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException whose message is what follows the value in an error: {@code
   *     (expected: …)}. It does not repeat the text, which may be a secret.
   */
  public T parse(String text) {
    Optional<T> value = reads(text.strip());
    if (value.isEmpty()) {
      String known = notYet.test(text.strip()) ? "not supported yet; " : "";
      throw new IllegalArgumentException(
          "(" + known + "expected: " + expected + Suggestion.suffix(text.strip(), names) + ")");
    }
    return value.get();
  }

  private Optional<T> reads(String text) {
    return reader.apply(text).filter(legal);
  }

  /**
   * Checks a value that a program made.
   *
   * @throws IllegalArgumentException {@code key: value (expected: …)}
   */
  T check(String key, T value) {
    if (!legal.test(value)) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: " + expected + ")");
    }
    return value;
  }

  private static Optional<Integer> readInt(String text) {
    if (!WHOLE_NUMBER.matcher(text).matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(text);
    return number == (int) number ? Optional.of((int) number) : Optional.empty();
  }

  private static Optional<Duration> readDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return readIsoDuration(text);
    }
    long amount = Long.parseLong(matcher.group(1));
    try {
      return Optional.of(
          switch (matcher.group(2)) {
            case "us" -> Duration.ofNanos(Math.multiplyExact(amount, 1_000L));
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
          });
    } catch (ArithmeticException tooLarge) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> readIsoDuration(String text) {
    try {
      return Optional.of(Duration.parse(text)).filter(duration -> !duration.isNegative());
    } catch (DateTimeParseException notIso) {
      return Optional.empty();
    }
  }
}
