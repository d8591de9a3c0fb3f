package io.penstock.config.load;

import io.penstock.config.Syntax;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keys that Penstock passes on to a client of another's, with what it knows of them.
 *
 * @param known those with a syntax and a meaning of their own, which must be there
 * @param rule what there is to say about a key with its value
 * @param together throws an {@link IllegalArgumentException} if the values do not go together
 */
record Passed(Map<String, Known> known, Rule rule, Consumer<Map<String, String>> together) {

  Passed {
    known = Map.copyOf(known);
  }

  /** A key that must be there. */
  record Known(Syntax<String> syntax, String meaning) {}

  /** Judges one key. */
  @FunctionalInterface
  interface Rule {

    /**
     * A remark, or none.
     *
     * @param shown what of the value may be repeated in the remark
     */
    Optional<Remark> remark(String key, String value, String shown);
  }

  /** What there is to say about a key: why it is refused, or a warning. */
  record Remark(String text, boolean refuses) {

    static Remark refusal(String text) {
      return new Remark(text, true);
    }

    static Remark warning(String text) {
      return new Remark(text, false);
    }
  }
}
