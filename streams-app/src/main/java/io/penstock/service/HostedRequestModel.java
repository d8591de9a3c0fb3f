package io.penstock.service;

import io.penstock.model.Lease;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestModel;
import io.penstock.schemas.ModelDecision;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A model of this instance as requests see it: by the same decisions and the same host as its
 * pipelines. Thread-safe.
 *
 * @param decisions the newest about each model, as far as this instance has seen
 * @param time of day, which stands for a request's timestamp
 */
record HostedRequestModel(
    ModelHost host,
    FleetKnowledge knowledge,
    Supplier<Map<String, ModelDecision>> decisions,
    InstantSource time)
    implements RequestModel {

  @Override
  public String name() {
    return host.runtime().name();
  }

  @Override
  public long active() {
    knowledge.require();
    host.behind()
        .ifPresent(
            reason -> {
              throw RefusedRequestException.unavailable(
                  "this instance does not serve model %s for now: %s. Send it to another instance"
                      .formatted(name(), reason));
            });
    return host.activeAt(time.instant())
        .orElseThrow(
            () ->
                RefusedRequestException.unavailable(
                    "no version of model %s is active yet: promote one, or wait for the first"
                        .formatted(name())));
  }

  @Override
  public Optional<Long> labelled(String label) {
    knowledge.require();
    return Optional.ofNullable(decisions.get().get(name()))
        .map(ModelDecision::getLabels)
        .map(labels -> labels.get(label));
  }

  @Override
  public Optional<Lease> acquire(long version) {
    return host.runtime().acquire(version);
  }
}
