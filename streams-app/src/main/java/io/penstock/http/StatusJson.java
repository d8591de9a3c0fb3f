package io.penstock.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.penstock.config.change.Changes;
import java.io.UncheckedIOException;

/** Health and status as JSON: the components of the records are the fields. Thread-safe. */
final class StatusJson {

  private final ObjectMapper json = new ObjectMapper();

  void answer(Context context, HealthReport report) {
    ObjectNode body = json.createObjectNode();
    addHealth(body, report);
    answer(context, body);
  }

  void answer(Context context, ServiceStatus status) {
    ObjectNode body = json.createObjectNode();
    body.put("service", status.service());
    body.put("instance", status.instance());
    body.put("since", status.since());
    body.set("configuration", json.valueToTree(status.configuration()));
    addHealth(body, status.health());
    // One object for each pipeline, not two.
    status
        .pipelines()
        .forEach(
            (name, more) -> {
              if (body.path("pipelines").path(name) instanceof ObjectNode pipeline) {
                pipeline.setAll(json.<ObjectNode>valueToTree(more));
              }
            });
    body.set("fleet", json.valueToTree(status.fleet()));
    answer(context, body);
  }

  void answer(Context context, ReloadReport report) {
    context.status(report.outcome().httpStatus());
    ObjectNode body = json.createObjectNode();
    body.put("outcome", report.outcome().name());
    body.set("problems", json.valueToTree(report.problems()));
    body.put("configuration", report.configuration());
    body.set("pipelines", changes(report.difference().pipelines()));
    body.set("models", changes(report.difference().models()));
    body.put("summary", report.toString());
    answer(context, body);
  }

  private ObjectNode changes(Changes changes) {
    ObjectNode names = json.createObjectNode();
    names.set("added", json.valueToTree(changes.added()));
    names.set("changed", json.valueToTree(changes.changed()));
    names.set("removed", json.valueToTree(changes.removed()));
    names.set("unchanged", json.valueToTree(changes.unchanged()));
    return names;
  }

  void refuse(Context context, int status, String message) {
    context.status(status);
    answer(context, json.createObjectNode().put("error", message));
  }

  private void addHealth(ObjectNode body, HealthReport report) {
    body.put("live", report.live());
    body.put("ready", report.ready());
    body.set("pipelines", json.valueToTree(report.pipelines()));
    body.set("models", json.valueToTree(report.models()));
    body.set("controlPlane", json.valueToTree(report.controlPlane()));
  }

  private void answer(Context context, ObjectNode body) {
    try {
      context.contentType("application/json").result(json.writeValueAsString(body));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
