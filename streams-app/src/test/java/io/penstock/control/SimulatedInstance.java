package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.SimulatedFleet.Report;
import io.penstock.schemas.Command;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An instance whose thread, network and loader run when the scheduler says so. What it sends stays
 * in its order, may be late, may come twice, and may be lost with it in a crash.
 */
final class SimulatedInstance implements Instance, Outbox {

  private final String id;
  private final boolean automatic;
  private final SimulatedFleet fleet;
  private final Random random;
  private final TreeMap<Long, String> aspired = new TreeMap<>(Map.of(1L, ""));

  private @Nullable Participant participant;
  private Queue<Runnable> tasks = new ArrayDeque<>();
  private Queue<Runnable> network = new ArrayDeque<>();
  private List<UnderWay> preparations = new ArrayList<>();

  /** As forgetful as the real one: what it no longer serves it must make ready again. */
  private Set<Long> ready = new HashSet<>();

  /** Versions whose runs have failed in the life of this process. */
  private TreeMap<Long, String> broken = new TreeMap<>();

  private Optional<Long> active = Optional.empty();
  private long activeEpoch;
  private int followed;

  SimulatedInstance(String id, boolean automatic, SimulatedFleet fleet, Random random) {
    this.id = id;
    this.automatic = automatic;
    this.fleet = fleet;
    this.random = random;
  }

  /** Starts from those decisions, which stand so far into the topic. */
  void start(Map<String, ModelDecision> decisions, int position) {
    followed = position;
    tasks = new ArrayDeque<>();
    preparations = new ArrayList<>();
    ready = new HashSet<>();
    broken = new TreeMap<>();
    active = Optional.empty();
    activeEpoch = -1;
    Queue<Runnable> own = tasks;
    fleet.started();
    participant =
        new Participant(
            id, this, this, own::add, new FleetClock(), () -> fleet.elapsed().toNanos());
    participant.start(decisions);
  }

  /** Without a word. What is on its way may still arrive. */
  void crash() {
    participant = null;
    if (random.nextBoolean()) {
      network.clear();
    } else {
      network.forEach(Runnable::run);
      network.clear();
    }
  }

  /** In good order. */
  void leave() {
    if (participant != null) {
      participant.leave();
      network.forEach(Runnable::run);
      network.clear();
      participant = null;
    }
  }

  boolean isAlive() {
    return participant != null;
  }

  /** Some of all that it could do next. */
  void turn(List<ModelDecision> decisions) {
    if (random.nextInt(4) == 0) {
      runActiveVersion();
      heartbeat();
    }
    if (random.nextBoolean()) {
      follow(decisions);
    }
    if (random.nextBoolean()) {
      runTasks();
    }
    if (random.nextBoolean()) {
      finishPreparation();
    }
    if (random.nextBoolean()) {
      deliver();
    }
  }

  void heartbeat() {
    if (participant != null) {
      participant.heartbeat();
    }
  }

  /** What a pipeline does: it finds out what loading and warming up do not show. */
  void runActiveVersion() {
    active.filter(fleet::failsAtWork).ifPresent(version -> broken.put(version, "runs fail"));
  }

  void aspire(long version) {
    aspired.put(version, "");
  }

  /** Reads the decisions up to their end, or to somewhere before it; acts on the newest. */
  void follow(List<ModelDecision> decisions) {
    int to = Math.max(followed, decisions.size() - random.nextInt(2));
    if (participant != null && to > followed) {
      participant.decide(decisions.get(to - 1));
    }
    followed = to;
  }

  /** Some of what the control thread has to do. */
  private void runTasks() {
    for (int left = random.nextInt(tasks.size() + 1); left > 0; left--) {
      runTask();
    }
  }

  private void runTask() {
    Runnable task = tasks.poll();
    if (task != null && participant != null) {
      task.run();
    }
  }

  private void finishPreparation() {
    if (!preparations.isEmpty()) {
      UnderWay preparation = preparations.remove(random.nextInt(preparations.size()));
      if (preparation.refused() || fleet.fails(preparation.version())) {
        preparation.outcome().completeExceptionally(new IllegalStateException("broken"));
      } else {
        ready.add(preparation.version());
        preparation.outcome().complete(null);
      }
    }
  }

  /** Some of what is on its way. */
  private void deliver() {
    for (int left = random.nextInt(network.size() + 1); left > 0; left--) {
      deliverNext();
    }
  }

  private void deliverNext() {
    Runnable message = network.poll();
    if (message != null) {
      message.run();
      if (random.nextInt(10) == 0) {
        message.run();
      }
    }
  }

  /** Everything that is under way. */
  void drain() {
    while (!tasks.isEmpty() || !network.isEmpty() || !preparations.isEmpty()) {
      runTask();
      finishPreparation();
      deliverNext();
    }
  }

  Optional<Long> active() {
    return active;
  }

  @Override
  public CompletionStage<Void> prepare(String model, long version) {
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    preparations.add(new UnderWay(version, broken.containsKey(version), outcome));
    return outcome;
  }

  @Override
  public CompletionStage<Void> resume(String model, long version) {
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    preparations.add(new UnderWay(version, false, outcome));
    return outcome;
  }

  @Override
  public void activate(String model, long version, long epoch) {
    assertThat(epoch).as("epochs on %s", id).isGreaterThan(activeEpoch);
    fleet.checkActivation(this, version, epoch);
    assertThat(ready).as("ready on %s", id).contains(version);
    active.filter(before -> before != version).ifPresent(ready::remove);
    active = Optional.of(version);
    activeEpoch = epoch;
  }

  @Override
  public void abandon(String model, long version) {
    assertThat(active).as("abandoned by %s", id).isNotEqualTo(Optional.of(version));
    ready.remove(version);
  }

  @Override
  public void fallback(String model, String outlook) {}

  @Override
  public Map<String, ServedModel> models() {
    return Map.of(FakeInstance.MODEL, new ServedModel(automatic, aspired, List.of(), broken));
  }

  @Override
  public CompletionStage<Void> report(InstanceReport report) {
    return send(() -> fleet.append(new Report(id, report, fleet.elapsed())));
  }

  @Override
  public CompletionStage<Void> depart(String instance, String model) {
    return send(() -> fleet.append(new Report(id, null, fleet.elapsed())));
  }

  @Override
  public CompletionStage<Long> propose(Command command) {
    return send(() -> fleet.append(command)).thenApply(nothing -> -1L);
  }

  private CompletionStage<Void> send(Runnable append) {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    network.add(
        () -> {
          append.run();
          sent.complete(null);
        });
    return sent;
  }

  @Override
  public String toString() {
    return id;
  }

  /** A version on its way to be ready. */
  private record UnderWay(long version, boolean refused, CompletableFuture<Void> outcome) {}

  /** The simulation's time, on the wall. */
  private final class FleetClock extends Clock {

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Instant instant() {
      return fleet.time();
    }
  }
}
