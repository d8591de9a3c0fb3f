package io.penstock.chaos;

import java.util.Locale;

/** What a pipeline is configured to give, and is held to. */
enum Guarantee {
  EXACTLY_ONCE_V2,
  AT_LEAST_ONCE;

  static Guarantee of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** As the configuration writes it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
