package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.ModelDirectory;
import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.data.Workloads;
import io.penstock.benchmarks.measure.FlightRecording;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.ProfileSummary;
import io.penstock.benchmarks.report.ResultFile;
import io.penstock.benchmarks.stack.RecordLoader;
import io.penstock.benchmarks.stack.Stack;
import io.penstock.benchmarks.subject.Checkout;
import io.penstock.benchmarks.subject.PeerProcess;
import io.penstock.benchmarks.subject.ServiceConfig;
import io.penstock.benchmarks.subject.ServiceProcess;
import io.penstock.benchmarks.subject.Subject;
import io.penstock.localstack.host.LoopbackPorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What suites share: the checkout, the options, a broker that starts when it is first needed, and
 * loaded topics that variants drain one after the other. Not thread-safe.
 */
public final class Bench implements AutoCloseable {

  private static final String FLIGHT_RECORDING =
      "-XX:StartFlightRecording=settings=profile,maxsize=200m";

  /** Keys of a model that save a few seconds of every start. */
  static final Map<String, Object> FAST_SCANS = Map.of("settle", "100ms", "poll-interval", "100ms");

  private static final List<String> CONTROL_TOPICS =
      List.of("control", "reports", "decisions", "audit");

  private final Checkout checkout;
  private final Options options;
  private final Path folder;
  private final Map<String, Long> loaded = new HashMap<>();
  private final Map<String, ModelDirectory> models = new HashMap<>();
  private @Nullable Stack stack;

  /**
   * A bench on which nothing runs yet.
   *
   * @param folder for files that are of no use afterwards; exists
   */
  public Bench(Checkout checkout, Options options, Path folder) {
    this.checkout = checkout;
    this.options = options;
    this.folder = folder;
  }

  public Checkout checkout() {
    return checkout;
  }

  public Options options() {
    return options;
  }

  /** For files that are of no use afterwards. */
  public Path folder() {
    return folder;
  }

  /** The broker and the registry; started at the first call. */
  public synchronized Stack stack() {
    Stack running = stack;
    if (running == null) {
      running = Stack.start(checkout.ownClassPath(), folder);
      stack = running;
    }
    return running;
  }

  /**
   * The network that most variants serve: that of the Crayfish benchmark, or the example's digits
   * where it is not at hand.
   */
  public Workload mainWorkload() {
    Path savedModel = options.ffnn().orElseGet(checkout::crayfish);
    return Files.exists(savedModel.resolve("saved_model.pb"))
        ? Workloads.ffnn(savedModel)
        : Workloads.digits(checkout.example("digits"));
  }

  /** A topic that holds at least so many of the workload's records; loaded when first needed. */
  public String loadedTopic(Workload workload, int partitions, long records) {
    String topic = "in-%s-%d".formatted(workload.name(), partitions);
    Long there = loaded.get(topic);
    if (there == null) {
      stack().topics().create(topic, partitions);
    }
    long missing = records - (there == null ? 0 : there);
    if (missing > 0) {
      load(workload, topic, partitions, missing);
      loaded.put(topic, records);
    }
    return topic;
  }

  /** Writes so many of the workload's records to a topic that exists. */
  void load(Workload workload, String topic, int partitions, long records) {
    List<byte[]> values = stack().framed(workload, topic);
    RecordLoader.load(stack().bootstrapServers(), topic, partitions, records, values);
  }

  /** How many records are in a topic that {@link #loadedTopic} gave. */
  public long loaded(String topic) {
    return loaded.getOrDefault(topic, 0L);
  }

  /** A base path with the workload's model as that many versions, equal to each other. */
  ModelDirectory model(Workload workload, int versions) {
    return models.computeIfAbsent(
        workload.name() + "-" + versions,
        name ->
            ModelDirectory.create(
                folder.resolve("models").resolve(name),
                workload.savedModel(),
                IntStream.rangeClosed(1, versions).toArray()));
  }

  /** What the throughput suite last measured of a variant here, in records a second. */
  OptionalDouble capacity(String variant) {
    double rate =
        ResultFile.medianOf(
            options.results().resolve("throughput").resolve(ResultFile.NAME), variant, Metric.RATE);
    return Double.isNaN(rate) ? OptionalDouble.empty() : OptionalDouble.of(rate);
  }

  /** A configuration without models and pipelines for a service of the trial's name. */
  public ServiceConfig serviceConfig(Variant.Trial trial) {
    return new ServiceConfig(
        trial.id(), stack().bootstrapServers(), stack().registryUrl(), LoopbackPorts.free());
  }

  /** Where the trial's service runs. */
  ServiceProcess.Site serviceSite(Variant.Trial trial) {
    return serviceSite(trial.folder(), List.of());
  }

  /**
   * Where a service runs.
   *
   * @param more options of its Java
   */
  ServiceProcess.Site serviceSite(Path site, List<String> more) {
    List<String> all = new ArrayList<>(more);
    all.addAll(jvmOptions());
    return new ServiceProcess.Site(checkout.serviceClassPath(), site, all);
  }

  /** Where the trial's peer runs. */
  public PeerProcess.Site peerSite(Variant.Trial trial) {
    return new PeerProcess.Site(checkout.ownClassPath(), trial.folder(), jvmOptions());
  }

  private List<String> jvmOptions() {
    return options.profile() ? List.of(FLIGHT_RECORDING) : List.of();
  }

  /**
   * Keeps the subject's flight recording with the results, where one is made, and sums up what it
   * holds from that time on.
   */
  void keepProfile(Subject subject, Variant.Trial trial, Instant from) {
    if (options.profile()) {
      Path recording = trial.kept().resolve(trial.id() + ".jfr");
      FlightRecording.dump(subject.pid(), recording);
      ProfileSummary.of(recording, from).write(trial.kept().resolve(trial.id() + ".profile.txt"));
    }
  }

  /** Removes what the trial wrote to, control topics included. */
  void deleteTopics(Variant.Trial trial, String... outputs) {
    List<String> topics = new ArrayList<>();
    for (String output : outputs) {
      topics.add(output);
      topics.add(output + "-dead");
    }
    for (String control : CONTROL_TOPICS) {
      topics.add(trial.id() + "." + control);
    }
    stack().topics().delete(topics);
  }

  /** Stops the broker; idempotent. The one thing that another thread may call too. */
  @Override
  public synchronized void close() {
    if (stack != null) {
      stack.close();
    }
  }
}
