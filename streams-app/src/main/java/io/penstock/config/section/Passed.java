package io.penstock.config.section;

import io.penstock.config.Remark;
import io.penstock.config.Syntax;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keys that Penstock passes on to a client of another's, with what it knows of them.
 *
 * @param known those with a syntax and a meaning of their own
 * @param rule what there is to say about a key with its value
 * @param together throws an {@link IllegalArgumentException} if the values do not go together
 */
public record Passed(Map<String, Known> known, Rule rule, Consumer<Map<String, String>> together) {

  public Passed {
    known = Map.copyOf(known);
  }

  /**
   * A key that is documented.
   *
   * @param absent what it means that it is not there; null if it must be
   */
  public record Known(Syntax<String> syntax, @Nullable Absent absent, String meaning) {

    /** A key that must be there. */
    public Known(Syntax<String> syntax, String meaning) {
      this(syntax, null, meaning);
    }

    String shownDefault() {
      return absent == null ? "required" : absent.shownDefault();
    }
  }

  /** Judges one key. */
  @FunctionalInterface
  public interface Rule {

    /**
     * A remark, or none.
     *
     * @param shown what of the value may be repeated in the remark
     */
    Optional<Remark> remark(String key, String value, String shown);
  }
}
