package io.penstock.cli;

import io.penstock.check.Verdict;
import io.penstock.config.ModelConfig;
import io.penstock.config.Syntax;
import io.penstock.inspect.ModelDirectory;
import io.penstock.model.ServableId;
import io.penstock.model.source.SourceReport;
import io.penstock.model.source.directory.Completeness;
import java.io.IOException;
import picocli.CommandLine.Option;

/**
 * How a version is known to be complete: the keys of {@code models.NAME} as options, with the same
 * defaults.
 */
final class CompletenessOptions {

  @Option(
      names = "--complete-when",
      paramLabel = "HOW",
      defaultValue = "settled",
      description = "settled, marker or manifest (default: ${DEFAULT-VALUE}).")
  private ModelConfig.CompleteWhen completeWhen = ModelConfig.CompleteWhen.SETTLED;

  @Option(
      names = "--settle",
      paramLabel = "DURATION",
      defaultValue = "2s",
      description =
          "How long its files have to stay as they are, with settled (default: ${DEFAULT-VALUE}).")
  private String settle = "";

  @Option(
      names = "--marker",
      paramLabel = "FILE",
      defaultValue = Completeness.Marker.DEFAULT_FILE_NAME,
      description = "The file that is made last, with marker (default: ${DEFAULT-VALUE}).")
  private String marker = "";

  @Option(
      names = "--follow-links",
      paramLabel = "WHICH",
      defaultValue = "inside",
      description =
          "inside or anywhere: links that stay inside the model's folder, or all (default:"
              + " ${DEFAULT-VALUE}).")
  private ModelConfig.FollowLinks followLinks = ModelConfig.FollowLinks.INSIDE;

  /** Which versions a service with these settings would take up. */
  SourceReport.Aspired judge(ModelDirectory model) throws IOException, InterruptedException {
    return model.judge(
        completeWhen.with(
            read("--settle", settle, ModelConfig.SETTLE),
            read("--marker", marker, ModelConfig.MARKER)),
        followLinks.links());
  }

  /** What came of that for one of them. */
  Verdict verdict(ServableId id, SourceReport.Aspired found) {
    String reason = found.pending().get(id.version());
    return reason == null
        ? Verdict.ok(id.toString(), "is complete (complete-when: " + completeWhen + ")")
        : Verdict.failed(
            id.toString(),
            "is not taken up: %s (complete-when: %s)".formatted(reason, completeWhen));
  }

  /** The value of an option, by the syntax of the key of that name. */
  static <T> T read(String option, String text, Syntax<T> syntax) {
    try {
      return syntax.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + text + " " + e.getMessage(), e);
    }
  }
}
