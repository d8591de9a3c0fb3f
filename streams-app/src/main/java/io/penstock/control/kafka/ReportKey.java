package io.penstock.control.kafka;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The key of a report, so that compaction keeps one per instance and model: instance/model. */
public record ReportKey(String instance, String model) {

  /** The key that this is the text of; an instance id has no slash, a model's name may. */
  public static Optional<ReportKey> parse(@Nullable String text) {
    int slash = text == null ? -1 : text.indexOf('/');
    return text == null || slash < 0
        ? Optional.empty()
        : Optional.of(new ReportKey(text.substring(0, slash), text.substring(slash + 1)));
  }

  @Override
  public String toString() {
    return instance + "/" + model;
  }
}
