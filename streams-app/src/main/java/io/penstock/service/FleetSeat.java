package io.penstock.service;

import io.penstock.control.kafka.ControlPlane;
import io.penstock.metrics.InstanceMeters;
import java.util.concurrent.CompletableFuture;

/** This instance's part in the fleet, for models that come and go. Thread-safe. */
record FleetSeat(ControlPlane plane, InstanceMeters meters) implements Changeover.Fleet {

  @Override
  public CompletableFuture<Void> replaceModels(Runnable change) {
    return plane.replaceModels(change);
  }

  @Override
  public void follow(ModelHost host) {
    meters.add(plane.promotions(), host.runtime().name());
    host.runtime().addListener(status -> plane.modelsChanged());
  }
}
