package io.penstock.http;

import io.penstock.config.change.ConfigDifference;
import java.util.List;

/**
 * What it came to that a service read its configuration again. Immutable.
 *
 * @param problems why it was refused or failed
 * @param configuration the fingerprint of the configuration that holds now
 * @param difference what has become of models and pipelines
 */
public record ReloadReport(
    Outcome outcome, List<String> problems, String configuration, ConfigDifference difference) {

  /** How it ended. */
  public enum Outcome {
    /** The configuration holds. */
    DONE(200),
    /** It does not, and nothing has changed. */
    REFUSED(422),
    /** It holds, but not all of it was carried out. */
    FAILED(500);

    private final int httpStatus;

    Outcome(int httpStatus) {
      this.httpStatus = httpStatus;
    }

    int httpStatus() {
      return httpStatus;
    }
  }

  public ReloadReport {
    problems = List.copyOf(problems);
  }

  /** In one line, as the log has it. */
  @Override
  public String toString() {
    return switch (outcome) {
      case DONE -> "reload: %s configuration=%s".formatted(difference, configuration);
      case REFUSED ->
          "reload refused, nothing has changed: %s configuration=%s"
              .formatted(String.join("; ", problems), configuration);
      case FAILED ->
          "reload failed, and not all of it was carried out, reload again to begin the rest anew, or restart the process: %s configuration=%s"
              .formatted(String.join("; ", problems), configuration);
    };
  }
}
