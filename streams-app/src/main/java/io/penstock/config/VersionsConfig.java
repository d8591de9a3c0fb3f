package io.penstock.config;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Which versions of a model are loaded beside the one that serves and one that is being prepared.
 *
 * @param count how many of the newest, with the policy {@code latest}
 * @param numbers which, with the policy {@code specific}
 */
public record VersionsConfig(Policy policy, int count, List<Long> numbers) {

  public static final Syntax<Policy> POLICY = Syntax.choice(List.of(Policy.values()));
  public static final Syntax<Integer> COUNT = Syntax.wholeNumber(1, 100);
  public static final Syntax<Long> NUMBER =
      Syntax.of("a version's number, 0 or more", VersionsConfig::readNumber);

  public VersionsConfig {
    Objects.requireNonNull(policy, "policy");
    COUNT.check("count", count);
    numbers = List.copyOf(numbers);
    if (policy == Policy.SPECIFIC && numbers.isEmpty()) {
      throw new IllegalArgumentException(
          "numbers: missing (expected: one or more with policy: specific)");
    }
    if (policy != Policy.SPECIFIC && !numbers.isEmpty()) {
      throw new IllegalArgumentException(
          "numbers: " + numbers + " (expected: nothing with policy: " + policy + ")");
    }
  }

  private static Optional<Long> readNumber(String text) {
    try {
      return Optional.of(Long.parseLong(text)).filter(number -> number >= 0);
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  /** TensorFlow Serving's {@code ServableVersionPolicy}. */
  public enum Policy {
    LATEST,
    ALL,
    SPECIFIC;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
