package io.penstock.service;

import io.penstock.control.Instance;
import io.penstock.control.ServedModel;
import io.penstock.model.ModelException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** This process, as the control plane sees it: its models by name. */
final class ServingInstance implements Instance {

  private final Map<String, ModelHost> models;

  ServingInstance(Map<String, ModelHost> models) {
    this.models = Map.copyOf(models);
  }

  @Override
  public CompletionStage<Void> prepare(String model, long version) {
    return with(model, host -> host.prepare(version));
  }

  @Override
  public CompletionStage<Void> resume(String model, long version) {
    return with(model, host -> host.resume(version));
  }

  private CompletionStage<Void> with(
      String model, Function<ModelHost, CompletionStage<Void>> request) {
    ModelHost host = models.get(model);
    return host == null
        ? CompletableFuture.failedFuture(
            new ModelException("model " + model + " is not configured on this instance"))
        : request.apply(host);
  }

  @Override
  public void activate(String model, long version, long epoch) {
    ModelHost host = models.get(model);
    if (host != null) {
      host.activate(version, epoch);
    }
  }

  @Override
  public void abandon(String model, long version) {
    ModelHost host = models.get(model);
    if (host != null) {
      host.abandon(version);
    }
  }

  @Override
  public void fallback(String model, String outlook) {
    ModelHost host = models.get(model);
    if (host != null) {
      host.fallback(outlook);
    }
  }

  @Override
  public Map<String, ServedModel> models() {
    return models.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().describe()));
  }
}
