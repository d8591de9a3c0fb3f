package io.penstock.streams;

import io.penstock.batching.Inference;
import io.penstock.pipeline.Horizon;
import io.penstock.pipeline.PipelineSettings;
import io.penstock.pipeline.PipelineStatistics;
import io.penstock.pipeline.PipelineTopology;
import io.penstock.pipeline.ThreadLanes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Makes the runs of one pipeline: each a {@link KafkaStreams} of its own, by what the cluster says
 * of the topics at that time. Thread-safe.
 */
final class PipelineRuns {

  private final Pipeline.Definition definition;
  private final StreamsSettings streamsSettings;
  private final StreamsConfig config;
  private final Inference inference;
  private final Function<ThreadLanes, KafkaClientSupplier> clients;

  /**
   * One run, not started.
   *
   * @param lanes those of its stream threads
   * @param input the topic that it reads
   */
  record Run(KafkaStreams streams, ThreadLanes lanes, InputIdentity input) {}

  PipelineRuns(
      Pipeline.Definition definition,
      StreamsSettings streamsSettings,
      Inference inference,
      Function<ThreadLanes, KafkaClientSupplier> clients) {
    this.definition = definition;
    this.streamsSettings = streamsSettings;
    this.config = new StreamsConfig(streamsSettings.properties());
    this.inference = inference;
    this.clients = clients;
  }

  /**
   * Looks at the cluster, and commits where partitions begin that have no offset yet.
   *
   * @throws InputLostException if offsets are of an input that was deleted and created again
   */
  Run create(ServingVersions versions, PipelineStatistics statistics, Horizon horizon)
      throws ExecutionException, InterruptedException {
    PipelineSettings settings;
    try (Admin admin = Admin.create(config.getAdminConfigs(definition.name() + "-start"))) {
      settings =
          settings(
              new TopicFacts(admin, config),
              definition.outputTopic(),
              definition.deadLetterTopic());
      new StartPosition(admin, definition.name(), streamsSettings, marker())
          .commitOnce(identity(settings), settings.topics().inputPartitions());
    }
    ThreadLanes lanes =
        new ThreadLanes(
            settings,
            definition.budget(),
            inference,
            System::nanoTime,
            InstantSource.system(),
            statistics,
            horizon);
    KafkaStreams streams =
        new KafkaStreams(
            PipelineTopology.build(
                settings, versions, lanes, definition.deadLetters(), definition.cutovers()),
            config,
            clients.apply(lanes));
    return new Run(streams, lanes, identity(settings));
  }

  private static InputIdentity identity(PipelineSettings settings) {
    return new InputIdentity(settings.topics().input(), settings.topics().inputId());
  }

  private InputMarker marker() {
    return InputMarker.of(streamsSettings, definition.controlTopic());
  }

  /** Looks whether a run's input stays the topic that it is; not before it is started. */
  InputWatch watch(Run run, Consumer<String> onReplaced) {
    return new InputWatch(
        run.input(),
        () -> Admin.create(config.getAdminConfigs(definition.name() + "-input")),
        streamsSettings.startFrom().mayPassOverRecords()
            ? admin -> marker().keep(admin, run.input())
            : admin -> {},
        now ->
            onReplaced.accept(
                run.input().replacedBy(definition.name(), streamsSettings.applicationId(), now)));
  }

  /** How many stream threads a run has. */
  int streamThreads() {
    return config.getInt(StreamsConfig.NUM_STREAM_THREADS_CONFIG);
  }

  /** Of a run that nobody starts, with outcomes that go to those topics. Looks at the cluster. */
  PipelineSettings settings(String outputTopic, String deadLetterTopic)
      throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(config.getAdminConfigs(definition.name() + "-look"))) {
      return settings(new TopicFacts(admin, config), outputTopic, deadLetterTopic);
    }
  }

  private PipelineSettings settings(TopicFacts facts, String outputTopic, String deadLetterTopic)
      throws ExecutionException, InterruptedException {
    TopicDescription input = facts.topic(definition.inputTopic());
    return new PipelineSettings(
        definition.name(),
        new PipelineSettings.Topics(
            definition.inputTopic(),
            input.topicId(),
            input.partitions().size(),
            outputTopic,
            deadLetterTopic,
            definition.auditTopic()),
        definition.tombstones(),
        definition.limits(),
        facts.sizeLimits(outputTopic, deadLetterTopic),
        waitLimits());
  }

  /**
   * A thread must poll within {@code max.poll.interval.ms}, and a transaction be committed within
   * {@code transaction.timeout.ms}: three quarters of each may go by in waiting for batches, the
   * rest is for the commit itself.
   */
  PipelineSettings.WaitLimits waitLimits() {
    Map<String, Object> consumer =
        config.getMainConsumerConfigs(definition.name(), definition.name() + "-limits", 0);
    long wait =
        TopicFacts.effective(
                ConsumerConfig.configDef(), consumer, ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG)
            * 3
            / 4;
    long commitInterval = config.getLong(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG);
    Duration uncommittedPoll = Duration.ofMillis(Math.max(1, commitInterval / 10));
    if (!streamsSettings.exactlyOnce()) {
      return new PipelineSettings.WaitLimits(
          TimeUnit.MILLISECONDS.toNanos(wait), Long.MAX_VALUE, uncommittedPoll);
    }
    Map<String, Object> producer = config.getProducerConfigs(definition.name() + "-limits");
    long transaction =
        TopicFacts.effective(
            ProducerConfig.configDef(), producer, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);
    return new PipelineSettings.WaitLimits(
        TimeUnit.MILLISECONDS.toNanos(wait),
        TimeUnit.MILLISECONDS.toNanos(transaction * 3 / 4),
        uncommittedPoll);
  }

  /**
   * To leave the group, so that its partitions are taken over at once; a static member stays, since
   * it is expected back.
   */
  CloseOptions closeOptions(Duration timeout) {
    boolean isStatic =
        config
            .getMainConsumerConfigs(definition.name(), definition.name() + "-close", 0)
            .containsKey(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    return isStatic
        ? CloseOptions.timeout(timeout)
            .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP)
        : leaveOptions(timeout);
  }

  /** Leaves the group, also a static member. */
  static CloseOptions leaveOptions(Duration timeout) {
    return CloseOptions.timeout(timeout)
        .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
  }
}
