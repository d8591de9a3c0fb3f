package io.penstock.cli.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.freva.asciitable.AsciiTable;
import io.penstock.control.client.FleetView;
import io.penstock.control.client.Lags;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.PipelineStatus;
import io.penstock.schemas.Preparation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A fleet's state as three tables, or as one JSON document. */
final class StatusReport {

  private StatusReport() {}

  static ObjectNode json(FleetView fleet, Lags lags) {
    ObjectNode root = OutputOption.object();
    ArrayNode models = root.putArray("models");
    fleet.decisions().values().forEach(decision -> models.add(OutputOption.tree(decision)));
    ArrayNode instances = root.putArray("instances");
    fleet.live().forEach(heard -> instances.add(OutputOption.tree(heard.report())));
    ArrayNode pipelines = root.putArray("pipelines");
    pipelines(fleet)
        .forEach(
            (name, topic) -> {
              ObjectNode pipeline = pipelines.addObject();
              pipeline.put("name", name);
              pipeline.put("topic", topic);
              OptionalLong lag = lags.of(name, topic);
              pipeline.put("lag", lag.isPresent() ? lag.getAsLong() : null);
              ObjectNode states = pipeline.putObject("states");
              states(fleet, name).forEach(states::put);
            });
    return root;
  }

  static String text(FleetView fleet, Lags lags) {
    List<String> parts = new ArrayList<>();
    if (fleet.decisions().isEmpty()) {
      parts.add("Nothing has been decided yet.");
    } else {
      parts.add(
          table(
              List.of("model", "active", "previous", "phase", "epoch", "labels", "pinned"),
              fleet.decisions().values().stream().map(StatusReport::row).toList()));
    }
    if (fleet.live().isEmpty()) {
      parts.add("No instance is live.");
    } else {
      parts.add(
          table(
              List.of("instance", "configuration", "model", "serves", "versions", "preparation"),
              fleet.live().stream().map(heard -> row(heard.report())).toList()));
    }
    if (!pipelines(fleet).isEmpty()) {
      parts.add(pipelines(fleet, lags));
    }
    return String.join(System.lineSeparator(), parts);
  }

  /** The pipelines alone. */
  static String pipelines(FleetView fleet, Lags lags) {
    List<List<String>> rows =
        pipelines(fleet).entrySet().stream()
            .map(entry -> row(entry.getKey(), entry.getValue(), fleet, lags))
            .toList();
    return rows.isEmpty()
        ? "No live instance has a pipeline."
        : table(List.of("pipeline", "topic", "lag", "state"), rows);
  }

  private static List<String> row(ModelDecision decision) {
    String phase =
        switch (decision.getPhase()) {
          case ACTIVE -> "ACTIVE";
          case PREPARE -> "PREPARE " + decision.getTarget();
          case ABORTED -> "ABORTED " + decision.getTarget();
          case UNKNOWN -> "UNKNOWN";
        };
    return List.of(
        decision.getModel(),
        orNone(decision.getActive())
            + (decision.getActiveFrom() == null ? "" : " from " + decision.getActiveFrom()),
        orNone(decision.getPrevious()),
        phase,
        String.valueOf(decision.getEpoch()),
        new TreeMap<>(decision.getLabels())
            .entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(" ")),
        decision.getPins().stream().map(String::valueOf).collect(Collectors.joining(" ")));
  }

  private static List<String> row(InstanceReport report) {
    Preparation preparation = report.getPreparation();
    return List.of(
        report.getInstance(),
        report.getConfiguration() == null ? "unknown" : report.getConfiguration(),
        report.getModel(),
        orNone(report.getActive()),
        report.getVersions().stream()
            .map(version -> version.getVersion() + " " + version.getState())
            .collect(Collectors.joining(", ")),
        preparation == null
            ? ""
            : "%d %s%s"
                .formatted(
                    preparation.getVersion(),
                    preparation.getReadiness(),
                    preparation.getReason() == null ? "" : ": " + preparation.getReason()));
  }

  private static List<String> row(String pipeline, String topic, FleetView fleet, Lags lags) {
    OptionalLong lag = lags.of(pipeline, topic);
    return List.of(
        pipeline,
        topic,
        lag.isPresent() ? String.valueOf(lag.getAsLong()) : "unknown",
        states(fleet, pipeline).entrySet().stream()
            .map(state -> state.getValue() + " " + state.getKey())
            .collect(Collectors.joining(", ")));
  }

  /** On how many instances a pipeline is in which state, and why. */
  private static SortedMap<String, Integer> states(FleetView fleet, String pipeline) {
    SortedMap<String, Integer> states = new TreeMap<>();
    for (FleetView.Heard heard : fleet.live()) {
      for (PipelineStatus status : heard.report().getPipelines()) {
        if (status.getName().equals(pipeline)) {
          String detail = status.getDetail().isEmpty() ? "" : ": " + status.getDetail();
          states.merge(status.getState() + detail, 1, Integer::sum);
        }
      }
    }
    return states;
  }

  /** The input topics of all pipelines that live instances have, by their names. */
  private static SortedMap<String, String> pipelines(FleetView fleet) {
    SortedMap<String, String> pipelines = new TreeMap<>();
    fleet
        .live()
        .forEach(
            heard ->
                heard
                    .report()
                    .getPipelines()
                    .forEach(status -> pipelines.put(status.getName(), status.getTopic())));
    return pipelines;
  }

  private static String orNone(@Nullable Long version) {
    return version == null ? "none" : version.toString();
  }

  private static String table(List<String> headers, List<List<String>> rows) {
    return AsciiTable.builder()
        .border(AsciiTable.NO_BORDERS)
        .header(headers.toArray(String[]::new))
        .data(rows.stream().map(row -> row.toArray(String[]::new)).toArray(String[][]::new))
        .asString();
  }
}
