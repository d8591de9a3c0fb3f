package io.penstock.config.load;

import java.util.Optional;

/** What speaks against a key that Penstock passes on, with its value. */
@FunctionalInterface
interface KeyRule {

  /**
   * An objection, or none.
   *
   * @param shown what of the value may be repeated in the objection
   */
  Optional<String> objection(String key, String value, String shown);
}
