package io.penstock.service;

import io.penstock.inference.InferenceThreads;
import io.penstock.metrics.ServiceMeters;
import io.penstock.schemas.ModelDecision;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The doors for requests, for models that come and go. Thread-safe.
 *
 * @param decisions the newest about each model, as far as this instance has seen
 */
record ModelDoors(
    RequestDoors doors,
    FleetKnowledge knowledge,
    Supplier<Map<String, ModelDecision>> decisions,
    InferenceThreads inference,
    ServiceMeters meters)
    implements Changeover.Doors {

  @Override
  public void open(ModelHost host) {
    doors.open(
        new HostedRequestModel(host, knowledge, decisions, InstantSource.system()),
        inference,
        meters);
  }

  @Override
  public void shut(String model, Duration timeout) throws InterruptedException {
    doors.shut(model, timeout);
  }
}
