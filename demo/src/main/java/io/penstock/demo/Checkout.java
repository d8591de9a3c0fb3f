package io.penstock.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The checkout of Penstock that the demo is run from, with the service built. */
record Checkout(Path root) {

  /** Names the checkout; set by the {@code penstock} script. */
  static final String PROPERTY = "penstock.root";

  /**
   * A checkout that has what the demo needs, or a {@link DemoException} that says what is missing.
   */
  Checkout {
    root = root.toAbsolutePath().normalize();
    for (Path needed :
        List.of(distribution(root).resolve("lib"), digits(root).resolve("digits.csv"))) {
      if (!Files.exists(needed)) {
        throw new DemoException(
            "Not there: %s. Run './penstock demo' in a checkout of Penstock, which builds what is missing."
                .formatted(needed));
      }
    }
  }

  static Checkout current() {
    return new Checkout(Path.of(System.getProperty(PROPERTY, "")));
  }

  /** The service: a folder with {@code lib/}. */
  Path distribution() {
    return distribution(root);
  }

  /** The example: versions of the model and {@code digits.csv}. */
  Path digits() {
    return digits(root);
  }

  private static Path distribution(Path root) {
    return root.resolve("streams-app/target/penstock");
  }

  private static Path digits(Path root) {
    return root.resolve("examples/digits");
  }
}
