package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.Checkout;
import io.penstock.benchmarks.data.ModelDirectory;
import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.data.Workloads;
import io.penstock.benchmarks.measure.FlightRecording;
import io.penstock.benchmarks.stack.RecordLoader;
import io.penstock.benchmarks.stack.Stack;
import io.penstock.benchmarks.subject.PeerProcess;
import io.penstock.benchmarks.subject.ServiceConfig;
import io.penstock.benchmarks.subject.ServiceProcess;
import io.penstock.benchmarks.subject.Subject;
import io.penstock.localstack.host.LoopbackPorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What suites share: the checkout, the options, a broker that starts when it is first needed, and
 * loaded topics that variants drain one after the other. Not thread-safe.
 */
public final class Bench implements AutoCloseable {

  private static final String FLIGHT_RECORDING =
      "-XX:StartFlightRecording=settings=profile,maxsize=200m";

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

  /** The broker and the registry; started at the first call. */
  public Stack stack() {
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
      List<byte[]> values = stack().framed(workload, topic);
      RecordLoader.load(stack().bootstrapServers(), topic, partitions, missing, values);
      loaded.put(topic, records);
    }
    return topic;
  }

  /** How many records are in a topic that {@link #loadedTopic} gave. */
  public long loaded(String topic) {
    return loaded.getOrDefault(topic, 0L);
  }

  /** A base path with the workload's model as version 1. */
  public ModelDirectory model(Workload workload) {
    return models.computeIfAbsent(
        workload.name(),
        name ->
            ModelDirectory.create(
                folder.resolve("models").resolve(name), workload.savedModel(), 1));
  }

  /** A configuration without models and pipelines for a service of the trial's name. */
  public ServiceConfig serviceConfig(Variant.Trial trial) {
    return new ServiceConfig(
        trial.id(), stack().bootstrapServers(), stack().registryUrl(), LoopbackPorts.free());
  }

  /** Where the trial's service runs. */
  public ServiceProcess.Site serviceSite(Variant.Trial trial) {
    return new ServiceProcess.Site(checkout.serviceClassPath(), trial.folder(), jvmOptions());
  }

  /** Where the trial's peer runs. */
  public PeerProcess.Site peerSite(Variant.Trial trial) {
    return new PeerProcess.Site(checkout.ownClassPath(), trial.folder(), jvmOptions());
  }

  private List<String> jvmOptions() {
    return options.profile() ? List.of(FLIGHT_RECORDING) : List.of();
  }

  /** Keeps the subject's flight recording with the results, where one is made. */
  void keepProfile(Subject subject, Variant.Trial trial) {
    if (options.profile()) {
      FlightRecording.dump(subject.pid(), trial.kept().resolve(trial.id() + ".jfr"));
    }
  }

  @Override
  public void close() {
    if (stack != null) {
      stack.close();
    }
  }
}
