package io.penstock.cli.control;

import io.penstock.config.load.ConfigurationException;
import io.penstock.model.source.directory.FileSums;
import io.penstock.schemas.Command;
import io.penstock.schemas.Promote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a version the one that serves, everywhere or nowhere. */
@picocli.CommandLine.Command(
    name = "promote",
    description = {
      "Make a version the one that serves, on every instance or on none.",
      "Tells whether it was begun; with --wait, what became of it."
    })
final class PromoteCommand implements Callable<Integer> {

  private static final double PERCENT = 100;

  /** Of a version's number. */
  private static final int MAX_DIGITS = 18;

  @Mixin private final Order order;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
  private String model = "";

  @Parameters(
      index = "1",
      paramLabel = "VERSION|LABEL",
      description = "A version's number, a label, or latest: the highest there is.")
  private String which = "";

  @Option(names = "--wait", description = "Wait for the end: every instance ready, or given up.")
  private boolean wait;

  @Option(
      names = "--expected",
      paramLabel = "VERSION",
      description = "Only if this version is active now; none: only if none is.")
  private @Nullable String expected;

  @Option(
      names = "--deadline",
      paramLabel = "WHEN",
      description =
          "When it is given up: a time from now such as 2m, or one such as 2030-01-31T12:00:00Z"
              + " (default: the service's control.prepare-timeout).")
  private @Nullable String deadline;

  @Option(
      names = "--require",
      paramLabel = "SHARE",
      defaultValue = "all",
      description =
          "How many live instances have to be ready: all, or a share such as 75%%. Instances that"
              + " are not stop to consume (default: ${DEFAULT-VALUE}).")
  private String require = "";

  @Option(
      names = "--manifest",
      paramLabel = "FILE",
      description =
          "The SHA-256 sums of the version's files, as sha256sum prints them; an instance whose"
              + " files differ fails it.")
  private @Nullable Path manifest;

  @Option(
      names = "--effective-from",
      paramLabel = "WHEN",
      description =
          "From which record timestamp on it serves, in every partition, while the version before"
              + " serves earlier records: a time from now such as 2m, or one such as"
              + " 2030-01-31T12:00:00Z (default: from the decision on).")
  private @Nullable String effectiveFrom;

  PromoteCommand(Order order) {
    this.order = order;
  }

  @Override
  public Integer call() throws IOException {
    boolean numbered = which.matches("\\d+");
    Promote promote =
        new Promote(
            model,
            numbered ? version(which) : null,
            expected(expected),
            null,
            numbered ? null : which,
            share(require),
            manifest == null ? null : FileSums.parse(Files.readString(manifest)),
            instant("--effective-from", effectiveFrom));
    return order.give(
        Command.newBuilder().setPromote(promote).setDeadline(instant("--deadline", deadline)),
        "promote %s %s".formatted(model, which),
        model,
        wait);
  }

  private static Long version(String digits) {
    if (digits.length() > MAX_DIGITS) {
      throw new ConfigurationException(
          "VERSION: %s (expected: a version's number, at most %d digits)"
              .formatted(digits, MAX_DIGITS));
    }
    return Long.valueOf(digits);
  }

  static @Nullable Long expected(@Nullable String text) {
    if (text == null || text.equals("none")) {
      return text == null ? null : -1L;
    }
    if (!text.matches("\\d{1,18}")) {
      throw new ConfigurationException(
          "--expected: %s (expected: a version's number, or none)".formatted(text));
    }
    return Long.valueOf(text);
  }

  static @Nullable Instant instant(String option, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return text.contains("T") && !text.startsWith("P")
          ? Instant.parse(text)
          : Instant.now().plus(Order.duration(option, text));
    } catch (DateTimeParseException e) {
      throw new ConfigurationException(
          "%s: %s (expected: a time from now such as 2m, or one such as 2030-01-31T12:00:00Z)"
              .formatted(option, text));
    }
  }

  private static @Nullable Double share(String text) {
    if (text.equals("all")) {
      return null;
    }
    try {
      return text.endsWith("%")
          ? Double.parseDouble(text.substring(0, text.length() - 1)) / PERCENT
          : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new ConfigurationException(
          "--require: %s (expected: all, or a share such as 75%% or 0.75)".formatted(text));
    }
  }
}
