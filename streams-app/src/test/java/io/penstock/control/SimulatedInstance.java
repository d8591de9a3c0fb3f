package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.SimulatedFleet.Report;
import io.penstock.schemas.Command;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.PipelineStatus;
import io.penstock.schemas.Preparation;
import io.penstock.schemas.Readiness;
import java.time.Clock;
import java.time.Duration;
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
import java.util.SortedMap;
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
  private final int index;
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

  /** Versions that are to be made ready, or are and wait for a decision. */
  private Set<Long> asked = new HashSet<>();

  /** Versions whose runs have failed in the life of this process. */
  private TreeMap<Long, String> broken = new TreeMap<>();

  private Optional<Activation> activation = Optional.empty();

  /** Counts activations: one of the same version and epoch is another one. */
  private int activations;

  private @Nullable Instant heldFrom;

  /** The last timestamp of the records that this process has read, taken or not. */
  private Instant readUpTo = Instant.MIN;

  /** Of a record that was read and is held back. */
  private @Nullable Instant waiting;

  /** Whether a record was read before it could be held back. */
  private boolean passed;

  /** The epochs that this process has said to be ready for. */
  private Set<Long> agreedTo = new HashSet<>();

  /** The last timestamp of the records that this process has taken by each epoch. */
  private TreeMap<Long, Instant> takenUpTo = new TreeMap<>();

  private int protocolLevel = ProtocolLevel.CURRENT;
  private Holdings holdings = Holdings.NONE;
  private boolean suspended;
  private boolean stale;
  private Staleness staleness;
  private Duration knownUntil = Duration.ZERO;
  private Optional<Taken> taken = Optional.empty();
  private Duration frozenUntil = Duration.ZERO;
  private Duration cutOffUntil = Duration.ZERO;
  private Duration deceivedUntil = Duration.ZERO;
  private int deceivedAt;
  private int followed;

  SimulatedInstance(int index, boolean automatic, SimulatedFleet fleet, Random random) {
    this.id = "i" + index;
    this.index = index;
    this.automatic = automatic;
    this.fleet = fleet;
    this.random = random;
    this.staleness = newStaleness();
  }

  private Staleness newStaleness() {
    return new Staleness(
        SimulatedFleet.MAX_STALENESS, () -> fleet.elapsed().toNanos(), new Pauses());
  }

  /** Starts from those decisions, which stand so far into the topic, as a release of that level. */
  void start(Map<String, ModelDecision> decisions, int position, int level) {
    followed = position;
    protocolLevel = level;
    taken = Optional.empty();
    tasks = new ArrayDeque<>();
    preparations = new ArrayList<>();
    ready = new HashSet<>();
    asked = new HashSet<>();
    broken = new TreeMap<>();
    activation = Optional.empty();
    heldFrom = null;
    readUpTo = Instant.MIN;
    waiting = null;
    passed = false;
    agreedTo = new HashSet<>();
    takenUpTo = new TreeMap<>();
    holdings = Holdings.NONE;
    suspended = false;
    stale = false;
    staleness = newStaleness();
    staleness.begin();
    Queue<Runnable> own = tasks;
    fleet.started();
    participant =
        new Participant(
            id, level, this, this, own::add, new FleetClock(), () -> fleet.elapsed().toNanos());
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

  /** As after SIGSTOP: its clock runs on and nothing else. */
  void freeze(Duration time) {
    frozenUntil = fleet.elapsed().plus(time);
    fleet.trace("%s is frozen for %s", this, time);
  }

  /** It reaches no broker of the control topics. */
  void cutOff(Duration time) {
    cutOffUntil = fleet.elapsed().plus(time);
    fleet.trace("%s is cut off for %s", this, time);
  }

  /** It is with a broker that was replaced without knowing it: nothing comes or goes by that. */
  void deceive(Duration time, int end) {
    deceivedUntil = fleet.elapsed().plus(time);
    deceivedAt = end;
    fleet.trace("%s is deceived for %s", this, time);
  }

  /** None of it any longer. */
  void recover() {
    frozenUntil = Duration.ZERO;
    cutOffUntil = Duration.ZERO;
    deceivedUntil = Duration.ZERO;
  }

  private boolean isBefore(Duration end) {
    return fleet.elapsed().compareTo(end) < 0;
  }

  /**
   * What a stream thread does with records by the rules of its lane, whether or not somebody has
   * looked at the clock: commits what it has taken, gives back what it must not, takes another.
   */
  void serve() {
    if (participant == null || isBefore(frozenUntil)) {
      return;
    }
    taken.ifPresent(this::commit);
    taken = Optional.empty();
    if (serves() && !isAfter(knownUntil)) {
      Instant timestamp = waiting == null ? fleet.recordTimestamp() : waiting;
      readUpTo = timestamp.isAfter(readUpTo) ? timestamp : readUpTo;
      boolean heldBack = heldFrom != null && !timestamp.isBefore(heldFrom);
      waiting = heldBack ? timestamp : null;
      if (!heldBack) {
        take(timestamp, activation.orElseThrow());
      }
    }
  }

  private void take(Instant timestamp, Activation by) {
    Activation.Earlier earlier = by.earlier();
    long version =
        earlier != null && timestamp.isBefore(earlier.until()) ? earlier.version() : by.version();
    takenUpTo.merge(by.epoch(), timestamp, (one, other) -> one.isAfter(other) ? one : other);
    fleet.checkUnderstood(this, followed - 1);
    fleet.checkServed(this, version);
    fleet.checkTaken(this, timestamp, by.epoch());
    taken = Optional.of(new Taken(version, activations, knownUntil));
  }

  /** Stream threads go on while the control thread is at work. */
  private void serveMeanwhile() {
    if (random.nextBoolean()) {
      serve();
    }
  }

  /** By which epochs it has taken records before one that it agreed to, and up to where. */
  SortedMap<Long, Instant> takenUpToBefore(long epoch) {
    return isAlive() && agreedTo.contains(epoch) ? takenUpTo.headMap(epoch) : new TreeMap<>();
  }

  private void commit(Taken record) {
    boolean serves = serves() && activations == record.activation();
    if (!isAfter(serves ? knownUntil : record.until())) {
      fleet.checkServed(this, record.version());
    }
  }

  private boolean isAfter(Duration end) {
    return fleet.elapsed().compareTo(end) > 0;
  }

  /** Whether its copies have that file. */
  boolean has(String file) {
    return file.equals(SimulatedFleet.SOMEBODYS_FILE) && index % 2 == 0;
  }

  int protocolLevel() {
    return protocolLevel;
  }

  boolean serves() {
    return canServe() && !holdings.paused().contains(SimulatedFleet.PIPELINE);
  }

  /** Unless somebody has asked it not to. */
  boolean canServe() {
    return participant != null && activation.isPresent() && !suspended && !stale;
  }

  /** Some of all that it could do next. */
  void turn(List<ModelDecision> decisions) {
    if (isBefore(frozenUntil)) {
      return;
    }
    if (random.nextBoolean()) {
      serve();
    }
    if (random.nextBoolean()) {
      staleness.check();
    }
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
    activation.map(SimulatedInstance::versions).orElse(Set.of()).stream()
        .filter(fleet::failsAtWork)
        .forEach(version -> broken.put(version, "runs fail"));
  }

  void aspire(long version) {
    aspired.put(version, "");
  }

  /** Reads the decisions up to their end, or to somewhere before it; acts on the newest. */
  void follow(List<ModelDecision> decisions) {
    if (isBefore(cutOffUntil)) {
      return;
    }
    int end = isBefore(deceivedUntil) ? deceivedAt : decisions.size();
    int to = Math.max(followed, end - random.nextInt(2));
    if (participant != null && to > followed) {
      ModelDecision newest = decisions.get(to - 1);
      participant.decide(newest);
      checkGivenUp(newest);
    }
    followed = to;
    if (to == end && (participant == null || participant.isUpToDate())) {
      staleness.confirmed(fleet.elapsed().toNanos());
    }
  }

  /** What is decided beyond its understanding needs nothing of what it is making ready. */
  private void checkGivenUp(ModelDecision newest) {
    if (participant.isUpToDate() && Promotion.isBeyond(newest, protocolLevel)) {
      assertThat(askedInVain()).as("made ready by %s, and by no decision", id).isEmpty();
    }
  }

  /** What it makes, or keeps, ready beside what it serves. */
  Set<Long> askedInVain() {
    Set<Long> inVain = new HashSet<>(asked);
    inVain.removeAll(activation.map(SimulatedInstance::versions).orElse(Set.of()));
    return inVain;
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
      if (preparation.refused()
          || !preparation.manifest().keySet().stream().allMatch(this::has)
          || fleet.fails(preparation.version())) {
        preparation.outcome().completeExceptionally(new IllegalStateException("broken"));
      } else {
        ready.add(preparation.version());
        preparation.outcome().complete(null);
      }
    }
  }

  /** Some of what is on its way. */
  private void deliver() {
    if (isBefore(cutOffUntil) || isBefore(deceivedUntil)) {
      return;
    }
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

  Optional<Activation> activation() {
    return activation;
  }

  Holdings holdings() {
    return holdings;
  }

  @Override
  public CompletionStage<Void> prepare(String model, long version, Map<String, String> manifest) {
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    asked.add(version);
    preparations.add(
        new UnderWay(version, passed || broken.containsKey(version), manifest, outcome));
    return outcome;
  }

  @Override
  public CompletionStage<Void> resume(String model, long version, Map<String, String> manifest) {
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    asked.add(version);
    preparations.add(new UnderWay(version, false, manifest, outcome));
    return outcome;
  }

  @Override
  public void holdBack(String model, @Nullable Instant from) {
    fleet.mayFail();
    heldFrom = from;
    passed = from != null && !readUpTo.isBefore(from);
    serveMeanwhile();
  }

  @Override
  public void activate(String model, Activation next) {
    serveMeanwhile();
    fleet.mayFail();
    long before = activation.map(Activation::epoch).orElse(-1L);
    boolean retires =
        next.earlier() == null
            && activation.filter(serving -> serving.earlier() != null).isPresent();
    assertThat(next.epoch()).as("epochs on %s", id).isGreaterThanOrEqualTo(before);
    assertThat(next.epoch() > before || suspended || retires)
        .as("once an epoch on %s", id)
        .isTrue();
    fleet.checkActivation(this, next);
    Set<Long> served = versions(next);
    assertThat(ready).as("ready on %s", id).containsAll(served);
    asked.removeAll(served);
    activation.map(SimulatedInstance::versions).orElse(Set.of()).stream()
        .filter(version -> !served.contains(version) && !asked.contains(version))
        .forEach(ready::remove);
    activation = Optional.of(next);
    activations++;
    suspended = false;
  }

  private static Set<Long> versions(Activation activation) {
    return new HashSet<>(activation.versions());
  }

  @Override
  public void abandon(String model, long version) {
    assertThat(activation.filter(serving -> serving.serves(version)))
        .as("abandoned by %s", id)
        .isEmpty();
    asked.remove(version);
    ready.remove(version);
  }

  @Override
  public void hold(String model, Holdings next) {
    fleet.mayFail();
    holdings = next;
  }

  @Override
  public void suspend(String model, String reason) {
    fleet.mayFail();
    suspended = true;
    fleet.trace("%s suspends: %s", this, reason);
  }

  @Override
  public void withdraw(String model, String reason) {
    fleet.mayFail();
    suspended = true;
  }

  @Override
  public void defect(String model, RuntimeException cause) {
    fleet.trace("%s: %s", this, cause);
  }

  /** Not called: the staleness is told to {@link Pauses}. */
  @Override
  public void stale(String reason) {
    throw new UnsupportedOperationException(reason);
  }

  @Override
  public void current() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void known(long nanos) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void fallback(String model, String outlook) {}

  @Override
  public String configuration() {
    return "";
  }

  @Override
  public Map<String, ServedModel> models() {
    return Map.of(
        FakeInstance.MODEL,
        new ServedModel(
            automatic,
            aspired,
            List.of(),
            broken,
            List.of(new PipelineStatus(SimulatedFleet.PIPELINE, "in", "RUNNING", ""))));
  }

  @Override
  public CompletionStage<Void> report(InstanceReport report) {
    Preparation preparation = report.getPreparation();
    if (preparation != null && preparation.getReadiness() == Readiness.READY) {
      agreedTo.add(preparation.getEpoch());
    }
    Staleness own = staleness;
    long sentNanos = fleet.elapsed().toNanos();
    return send(
        () -> {
          fleet.append(new Report(id, report, fleet.elapsed()));
          own.heard(sentNanos);
        });
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

  /** A record that is not committed yet, and until when its version was known to serve. */
  private record Taken(long version, int activation, Duration until) {}

  /** A version on its way to be ready. */
  private record UnderWay(
      long version,
      boolean refused,
      Map<String, String> manifest,
      CompletableFuture<Void> outcome) {}

  /** Pauses the pipelines while the decisions are not known. */
  private final class Pauses implements Staleness.Listener {

    @Override
    public void stale(String reason) {
      fleet.trace("%s is stale", SimulatedInstance.this);
      stale = true;
    }

    @Override
    public void current() {
      stale = false;
    }

    @Override
    public void known(long untilNanos) {
      knownUntil = Duration.ofNanos(untilNanos);
    }
  }

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
