package io.penstock.service;

import io.penstock.batching.VersionBinding;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.control.Activation;
import io.penstock.control.client.AuditFeed;
import io.penstock.control.client.ControlClient;
import io.penstock.control.kafka.ClientKeys;
import io.penstock.pipeline.PipelineSettings;
import io.penstock.pipeline.PipelineStatistics;
import io.penstock.pipeline.ReplayProcessor;
import io.penstock.pipeline.Serving;
import io.penstock.pipeline.Stragglers;
import io.penstock.replay.ReplayException;
import io.penstock.replay.ReplayKeys;
import io.penstock.replay.Transactions;
import io.penstock.replay.run.Bound;
import io.penstock.replay.run.InputTopic;
import io.penstock.replay.run.OutcomeTransactions;
import io.penstock.replay.run.ReplayReport;
import io.penstock.replay.run.ReplayRun;
import io.penstock.replay.timeline.PartitionRange;
import io.penstock.replay.timeline.ServedBy;
import io.penstock.replay.timeline.Timeline;
import io.penstock.replay.timeline.VersionPlan;
import io.penstock.schemas.Cutover;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Computes records of a pipeline's input once more, in a process of its own: reads the fleet's
 * decisions and takes no part in them, joins no group, and writes to topics that the service does
 * not use. Not thread-safe: one run.
 */
public final class PipelineReplay {

  /** For a broker to answer, and for all of the audit to be read. */
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final PenstockConfig config;
  private final PipelineConfig pipeline;
  private final Request request;

  /** By which versions records are computed. */
  public enum Versions {
    /** Each by the one that served it. */
    TIMELINE,
    /** All as the fleet has decided last. */
    ACTIVE
  }

  /**
   * What is to be computed once more.
   *
   * @param until empty: up to the end that there is now
   * @param deadLettersTo empty: dead letters are counted and not written
   */
  public record Request(
      String pipeline,
      Bound from,
      Optional<Bound> until,
      Versions versions,
      String to,
      Optional<String> deadLettersTo) {}

  /** A replay of one of the pipelines of a configuration. */
  public PipelineReplay(PenstockConfig config, Request request) {
    this.config = config;
    this.pipeline = config.pipeline(request.pipeline());
    this.request = request;
  }

  /**
   * Carries it out. Whatever can be known before is known before anything is written.
   *
   * @throws ReplayException if it cannot be done, with what to do
   */
  public ReplayReport run(ReplayRun.Progress progress) throws InterruptedException {
    try (Consumer<byte[], byte[]> consumer = consumer()) {
      InputTopic input = new InputTopic(pipeline.input().topic(), consumer);
      List<PartitionRange> ranges = input.between(request.from(), request.until());
      if (ranges.stream().allMatch(range -> range.length() == 0)) {
        return ReplayReport.of(ranges, new PipelineStatistics(), new TreeMap<>());
      }
      ReplayProcessor.Targets targets =
          new ReplayProcessor.Targets(
              target("--to", request.to(), ranges.size(), consumer),
              request
                  .deadLettersTo()
                  .map(topic -> target("--dead-letters-to", topic, ranges.size(), consumer)));
      VersionPlan plan = plan(ranges);
      try (ReplayEngine engine = ReplayEngine.start(config, request.pipeline(), plan.versions())) {
        Map<Long, VersionBinding> bindings = engine.bindings(plan.versions());
        PipelineStatistics done = run(engine, plan, bindings, targets, consumer, ranges, progress);
        return ReplayReport.of(ranges, done, fingerprints(bindings));
      }
    }
  }

  /** Reads on its own, and fails where records are gone. */
  private Consumer<byte[], byte[]> consumer() {
    Map<String, Object> keys = ReplayKeys.ofConsumer(config.kafka(pipeline), clientId());
    keys.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    return new KafkaConsumer<>(keys, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private String clientId() {
    return config.applicationId(request.pipeline()) + "-replay";
  }

  private ReplayProcessor.Target target(
      String option, String topic, int partitions, Consumer<byte[], byte[]> consumer) {
    List<PartitionInfo> found = consumer.partitionsFor(topic);
    if (found == null || found.isEmpty()) {
      throw new ReplayException(
          "%s: topic %s is not there; create it with as many partitions as %s has, %d, so that outcomes keep their order"
              .formatted(option, topic, pipeline.input().topic(), partitions));
    }
    return new ReplayProcessor.Target(topic, found.size());
  }

  private VersionPlan plan(List<PartitionRange> ranges) {
    try (ControlClient client =
        ControlClient.connect(
            config.service(), ClientKeys.ofControlPlane(config.kafka()), TIMEOUT)) {
      return request.versions() == Versions.TIMELINE
          ? timeline(client).over(ranges)
          : VersionPlan.always(active(client));
    }
  }

  /** Read after the ranges: what was served within them by now is told. */
  private Timeline timeline(ControlClient client) {
    Timeline timeline =
        new Timeline(
            new Timeline.Subject(
                request.pipeline(),
                pipeline.model(),
                pipeline.input().topic(),
                config.controlTopics().audit()));
    try (AuditFeed audit = client.audit()) {
      audit.readToEnd(
          entry -> {
            Cutover cutover = entry.event().getCutover();
            if (cutover != null) {
              timeline.add(cutover);
            }
          });
    }
    return timeline;
  }

  private ServedBy active(ControlClient client) {
    return client
        .decision(pipeline.model())
        .flatMap(Activation::of)
        .map(ServedBy::of)
        .orElseThrow(
            () ->
                new ReplayException(
                    "no version of model %s is active yet: promote one"
                        .formatted(pipeline.model())));
  }

  private PipelineStatistics run(
      ReplayEngine engine,
      VersionPlan plan,
      Map<Long, VersionBinding> bindings,
      ReplayProcessor.Targets targets,
      Consumer<byte[], byte[]> consumer,
      List<PartitionRange> ranges,
      ReplayRun.Progress progress)
      throws InterruptedException {
    PipelineSettings settings = settings(engine);
    try (OutcomeTransactions outcomes = outcomes();
        ReplayProcessor processor =
            new ReplayProcessor(
                settings,
                targets,
                engine.budget(),
                engine.inference(),
                engine.served().pipeline().definition().deadLetters(),
                System::nanoTime,
                outcomes::send)) {
      Map<ServedBy, Serving> servings = new HashMap<>();
      new ReplayRun(
              pipeline.input().topic(),
              consumer,
              (partition, offset) ->
                  servings.computeIfAbsent(
                      plan.at(partition, offset), served -> serving(served, bindings)),
              processor,
              outcomes,
              progress)
          .over(ranges);
      return processor.statistics();
    }
  }

  private PipelineSettings settings(ReplayEngine engine) throws InterruptedException {
    try {
      return engine
          .served()
          .pipeline()
          .settings(request.to(), request.deadLettersTo().orElse(request.to()));
    } catch (ExecutionException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      throw new ReplayException(
          "topics %s and %s cannot be looked at: %s"
              .formatted(
                  pipeline.input().topic(),
                  request
                      .deadLettersTo()
                      .map(dead -> request.to() + ", " + dead)
                      .orElse(request.to()),
                  why.getMessage()),
          e);
    }
  }

  /** Of two replays into one topic the later stops the earlier. */
  private OutcomeTransactions outcomes() {
    return new OutcomeTransactions(
        Transactions.open(config.kafka(pipeline), clientId(), clientId() + "-to-" + request.to()),
        System::nanoTime);
  }

  private static Serving serving(ServedBy served, Map<Long, VersionBinding> bindings) {
    VersionBinding latest = binding(served.version(), bindings);
    Serving serving =
        served.earlier().isEmpty()
            ? Serving.all(latest)
            : Serving.shared(
                latest, binding(served.earlier().getAsLong(), bindings), served.fromMillis());
    return serving.with(new Stragglers(served.refusedBeforeMillis(), true));
  }

  private static VersionBinding binding(long version, Map<Long, VersionBinding> bindings) {
    return Optional.ofNullable(bindings.get(version)).orElseThrow();
  }

  private static SortedMap<Long, String> fingerprints(Map<Long, VersionBinding> bindings) {
    SortedMap<Long, String> fingerprints = new TreeMap<>();
    bindings.forEach((version, binding) -> fingerprints.put(version, binding.fingerprint()));
    return fingerprints;
  }
}
