package io.penstock.cli.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.check.topic.PlannedTopic;
import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.PenstockConfig;
import io.penstock.config.load.ConfigurationException;
import io.penstock.replay.run.Bound;
import io.penstock.replay.run.ReplayReport;
import io.penstock.service.PipelineReplay;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Computes a pipeline's input once more. */
@Command(
    name = "replay",
    description = {
      "Compute records of a pipeline's input once more, here and not on the fleet, and write the"
          + " outcomes to a topic of their own.",
      "Each is computed by the version that served it, as the audit topic tells, or by the active"
          + " one. The service goes on untouched."
    })
final class PipelineReplayCommand implements Callable<Integer> {

  private static final String TOPIC = "TOPIC";

  @Mixin private final ConfigOption config;

  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  @Parameters(paramLabel = "PIPELINE", description = "The pipeline.")
  private String pipeline = "";

  @Option(
      names = "--from",
      required = true,
      paramLabel = "OFFSET|TIME",
      description =
          "Where to begin in every partition: at an offset, or at the first record of a timestamp"
              + " such as 2030-01-31T12:00:00Z or a later one.")
  private String from = "";

  @Option(
      names = "--until",
      paramLabel = "OFFSET|TIME",
      description = "The first that is not computed (default: the end that there is now).")
  private @Nullable String until;

  @Option(
      names = "--versions",
      paramLabel = "WHICH",
      description =
          "timeline: each record's own, as the cutovers of the audit topic tell; active: the one"
              + " that the fleet serves now (default: ${DEFAULT-VALUE}).")
  private PipelineReplay.Versions versions = PipelineReplay.Versions.TIMELINE;

  @Option(
      names = "--to",
      required = true,
      paramLabel = TOPIC,
      description = "Where predictions go: a topic that the service does not use.")
  private String to = "";

  @Option(
      names = "--dead-letters-to",
      paramLabel = TOPIC,
      description = "Where dead letters go (default: they are counted and not written).")
  private @Nullable String deadLettersTo;

  PipelineReplayCommand(ConfigOption config, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    PenstockConfig loaded = config.load().config();
    PipelineReplay.Request request = request(loaded);
    try (ReplayBar bar = new ReplayBar(output.isJson() ? null : terminal.err())) {
      ReplayReport report = new PipelineReplay(loaded, request).run(bar);
      bar.close();
      terminal.out().println(output.isJson() ? json(report) : text(report));
    }
    return ExitCodes.OK;
  }

  private PipelineReplay.Request request(PenstockConfig loaded) {
    if (!loaded.pipelines().containsKey(pipeline)) {
      throw new ConfigurationException(
          "PIPELINE: %s (expected: one of %s)".formatted(pipeline, loaded.pipelines().keySet()));
    }
    requireFree(loaded, "--to", to);
    if (deadLettersTo != null) {
      requireFree(loaded, "--dead-letters-to", deadLettersTo);
      if (deadLettersTo.equals(to)) {
        throw new ConfigurationException(
            "--dead-letters-to: %s (expected: another topic than --to)".formatted(deadLettersTo));
      }
    }
    return new PipelineReplay.Request(
        pipeline,
        bound("--from", from),
        Optional.ofNullable(until).map(text -> bound("--until", text)),
        versions,
        to,
        Optional.ofNullable(deadLettersTo));
  }

  private static Bound bound(String option, String text) {
    try {
      return Bound.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(option + ": " + text + " " + e.getMessage());
    }
  }

  /** Whoever reads a topic of the service would get everything twice. */
  private static void requireFree(PenstockConfig loaded, String option, String topic) {
    PlannedTopic.of(loaded).stream()
        .filter(planned -> planned.name().equals(topic))
        .findFirst()
        .ifPresent(
            planned -> {
              throw new ConfigurationException(
                  "%s: %s (expected: a topic that the service does not use itself; key: %s)"
                      .formatted(option, topic, planned.key()));
            });
  }

  private String text(ReplayReport report) {
    String dead =
        report.deadLetterCount() == 0
            ? "no dead letters"
            : "%d dead letters %s %s"
                .formatted(
                    report.deadLetterCount(),
                    report.deadLetters(),
                    deadLettersTo == null
                        ? "that are not written (see: --dead-letters-to)"
                        : "to " + deadLettersTo);
    return "pipeline replay %s: %d records, %d predictions to %s, %s; by %s"
        .formatted(
            pipeline,
            report.records(),
            report.predictions(),
            to,
            dead,
            report.fingerprints().isEmpty()
                ? "no version"
                : report.fingerprints().entrySet().stream()
                    .map(
                        version ->
                            "version %d (%s)".formatted(version.getKey(), version.getValue()))
                    .collect(Collectors.joining(", ")));
  }

  private String json(ReplayReport report) {
    ObjectNode tree = OutputOption.object();
    tree.put("pipeline", pipeline);
    tree.put("to", to);
    tree.put("deadLettersTo", deadLettersTo);
    tree.put("records", report.records());
    tree.put("predictions", report.predictions());
    ObjectNode dead = tree.putObject("deadLetters");
    report.deadLetters().forEach((reason, count) -> dead.put(reason.name(), count));
    ArrayNode served = tree.putArray("versions");
    report
        .fingerprints()
        .forEach(
            (version, fingerprint) ->
                served.addObject().put("version", version).put("fingerprint", fingerprint));
    ArrayNode ranges = tree.putArray("ranges");
    report
        .ranges()
        .forEach(
            range ->
                ranges
                    .addObject()
                    .put("partition", range.partition())
                    .put("from", range.from())
                    .put("until", range.until()));
    return OutputOption.line(tree);
  }
}
