package io.penstock.http;

import io.penstock.config.change.Changes;
import io.penstock.config.change.ConfigDifference;
import io.penstock.http.serving.FakeModels;
import io.penstock.http.serving.ModelView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A service with a health of its own, one partition and one decision. */
record FakeAnswers(Supplier<HealthReport> reports) implements AdminServer.Answers {

  @Override
  public HealthReport health() {
    return reports.get();
  }

  @Override
  public ServiceStatus status() {
    ServiceStatus.Partition partition =
        new ServiceStatus.Partition("in", 1, "0_1", "StreamThread-1", null, 9L);
    ServiceStatus.Pipeline pipeline =
        new ServiceStatus.Pipeline("digits", "in", "out", "dead", 9, List.of(partition));
    ServiceStatus.Decision decision =
        new ServiceStatus.Decision(
            "PREPARE",
            2L,
            1L,
            3L,
            14,
            "2026-11-23T07:31:48Z",
            null,
            new TreeMap<>(Map.of("canary", 3L)),
            List.of(1L));
    return new ServiceStatus(
        "scoring",
        "i-1",
        "2026-11-23T07:31:40Z",
        new ServiceStatus.Configuration("5c1f0a77be01", "2026-11-23T07:31:40Z", ""),
        health(),
        new TreeMap<>(Map.of("p", pipeline)),
        new TreeMap<>(Map.of("digits", decision)));
  }

  @Override
  public CompletableFuture<ReloadReport> reload() {
    Changes pipelines =
        new Changes(
            new TreeSet<>(Set.of("more")),
            new TreeSet<>(),
            new TreeSet<>(Set.of("gone")),
            new TreeSet<>(Set.of("p")));
    Changes models =
        new Changes(
            new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>(Set.of("digits")));
    return CompletableFuture.completedFuture(
        new ReloadReport(
            ReloadReport.Outcome.DONE,
            List.of(),
            "5c1f0a77be01",
            new ConfigDifference(models, pipelines)));
  }

  @Override
  public String metrics() {
    return "up 1\n";
  }

  @Override
  public Optional<ModelView> model(String name) {
    return FakeModels.model(name);
  }
}
