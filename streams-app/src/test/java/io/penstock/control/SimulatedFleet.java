package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.message.Decoded;
import io.penstock.schemas.Abort;
import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.Command;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.Label;
import io.penstock.schemas.Load;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Outcome;
import io.penstock.schemas.Pause;
import io.penstock.schemas.Phase;
import io.penstock.schemas.Pin;
import io.penstock.schemas.Preparation;
import io.penstock.schemas.Promote;
import io.penstock.schemas.Readiness;
import io.penstock.schemas.Resume;
import io.penstock.schemas.Rollback;
import io.penstock.schemas.Unload;
import io.penstock.schemas.Unpin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A fleet, its topics and its controller under a scheduler that picks at random what happens next:
 * who reads or writes how much, who crashes, what fails, who takes over. It runs the real {@link
 * Controller} and {@link Participant}; topics are lists, threads are queues, time is a number. It
 * checks the protocol's promises at each step. One seed gives one schedule.
 */
final class SimulatedFleet {

  static final Duration LIVENESS = Duration.ofSeconds(10);
  static final Duration MAX_STALENESS = Duration.ofSeconds(15);
  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final Duration RETENTION = Duration.ofSeconds(30);

  /** By so much may a record be late, in milliseconds. */
  private static final int MOST_LATE = 40_000;

  /** By so much may the clock of a record be ahead, in milliseconds. */
  private static final int MOST_AHEAD = 60_000;

  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
  private static final int VERSIONS = 4;
  private static final int TRACE_LINES = 150;

  /** In a manifest: no instance has such files. */
  private static final String NOBODYS_FILE = "nobody.has.this";

  /** In a manifest: some instances have it, and others do not. */
  static final String SOMEBODYS_FILE = "somebody.has.this";

  static final String PIPELINE = "p";

  private final Random random;
  private final Controller controller =
      new Controller(new PromotionTimes(DEADLINE, MAX_STALENESS, RETENTION));
  private final List<SimulatedInstance> instances = new ArrayList<>();

  private final List<Decoded<Command>> control = new ArrayList<>();
  private final List<Report> reports = new ArrayList<>();
  private final List<ModelDecision> decisions = new ArrayList<>();
  private final List<Duration> decidedAt = new ArrayList<>();

  private final List<AuditEvent> audit = new ArrayList<>();
  private final Deque<String> trace = new ArrayDeque<>();

  /** When a version has ceased to be the active one. */
  private final Map<Long, Duration> left = new HashMap<>();

  /** The last timestamp of the records that were taken by each epoch. */
  private final SortedMap<Long, Instant> takenUpTo = new TreeMap<>();

  /** Promotions from a timestamp on, by their epochs. */
  private final SortedMap<Long, Instant> effectiveFrom = new TreeMap<>();

  /** Committed with the decisions, so it outlives a controller. */
  private int answered;

  /** The controller in office; whoever was before is fenced. */
  private Term term = new Term(Fleet.empty(LIVENESS));

  private Duration elapsed = Duration.ZERO;
  private boolean faults = true;

  /** Fail whenever they are prepared. */
  private final Set<Long> broken = new HashSet<>();

  /** Can be prepared and fail at work. */
  private final Set<Long> faulty = new HashSet<>();

  private final Map<Long, Integer> initialAttempts = new HashMap<>();
  private int starts;

  /** Whether there are records from the future. */
  private final boolean ahead;

  /** What one controller knows, and what it has decided and not yet committed. */
  private static final class Term {
    private Fleet fleet;
    private int reportsHeard;

    /** How many were there before it took office. */
    private int reportsFound;

    private @Nullable Ruling pending;
    private boolean answersCommand;
    private Duration decidedAt = Duration.ZERO;

    Term(Fleet fleet) {
      this.fleet = fleet;
    }
  }

  /** A report, or without one a tombstone. */
  record Report(String instance, @Nullable InstanceReport value, Duration at) {}

  SimulatedFleet(long seed) {
    random = new Random(seed);
    int size = 2 + random.nextInt(6);
    boolean automatic = random.nextBoolean();
    ahead = random.nextInt(3) == 0;
    for (long version = 2; version <= VERSIONS; version++) {
      if (random.nextInt(3) == 0) {
        broken.add(version);
      } else if (random.nextInt(3) == 0) {
        faulty.add(version);
      }
    }
    for (int i = 0; i < size; i++) {
      instances.add(new SimulatedInstance(i, automatic, this, random));
    }
    instances.forEach(this::start);
  }

  private void start(SimulatedInstance instance) {
    instance.start(newest(), decisions.size(), ProtocolLevel.CURRENT);
  }

  /** One random event. */
  void step() {
    elapsed = elapsed.plusMillis(random.nextInt(100));
    SimulatedInstance instance = instances.get(random.nextInt(instances.size()));
    switch (random.nextInt(24)) {
      case 0 -> {
        if (random.nextInt(4) == 0) {
          control.add(command());
          trace("command at %d: %s", control.size() - 1, control.get(control.size() - 1));
        }
      }
      case 1 -> {
        if (random.nextInt(3) == 0) {
          takeOver();
        }
      }
      case 2 -> {
        if (random.nextInt(4) == 0) {
          trace("%s crashes", instance);
          instance.crash();
        } else if (random.nextInt(4) == 0) {
          instance.freeze(Duration.ofSeconds(random.nextInt(60)));
        } else if (random.nextInt(4) == 0) {
          instance.cutOff(Duration.ofSeconds(random.nextInt(60)));
        } else if (random.nextInt(4) == 0) {
          instance.deceive(Duration.ofSeconds(random.nextInt(60)), decisions.size());
        }
      }
      case 3 -> {
        if (!instance.isAlive()) {
          int level =
              random.nextInt(6) == 0
                  ? 1 + random.nextInt(ProtocolLevel.CURRENT)
                  : ProtocolLevel.CURRENT;
          trace("%s starts at level %d", instance, level);
          instance.start(newest(), decisions.size(), level);
        }
      }
      case 4 -> {
        if (random.nextInt(10) == 0) {
          elapsed = elapsed.plusSeconds(random.nextInt(30));
        }
      }
      case 5 -> instance.aspire(1L + random.nextInt(VERSIONS));
      case 6 -> {
        if (instance.isAlive() && random.nextInt(10) == 0) {
          instance.leave();
        }
      }
      case 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18 -> instance.turn(decisions);
      default -> decide();
    }
  }

  private Decoded<Command> command() {
    Command.Builder command = Command.newBuilder();
    long version = 1L + random.nextInt(VERSIONS + 1);
    String model = random.nextInt(20) == 0 ? "nobody's" : FakeInstance.MODEL;
    switch (random.nextInt(16)) {
      case 0 -> {
        return new Decoded.Garbage<>("noise");
      }
      case 1 -> command.setAbort(new Abort(model, null));
      case 2 -> command.setRollback(new Rollback(model, null, null));
      case 3 -> command.setLoad(new Load(model, version));
      case 4 -> command.setUnload(new Unload(model, version));
      case 5 -> command.setPin(new Pin(model, version));
      case 6 -> command.setUnpin(new Unpin(model, version));
      case 7 -> command.setLabel(new Label(model, "canary", random.nextBoolean() ? version : null));
      case 8 -> command.setPause(new Pause(PIPELINE));
      case 9 -> command.setResume(new Resume(PIPELINE));
      case 10 ->
          command.setPromote(promote(model, null, random.nextBoolean() ? "canary" : "latest"));
      default -> command.setPromote(promote(model, version, null));
    }
    return new Decoded.Message<>(command.build());
  }

  private Promote promote(String model, @Nullable Long version, @Nullable String label) {
    Long expected = random.nextInt(5) == 0 ? Long.valueOf(random.nextInt(VERSIONS)) : null;
    Double require =
        random.nextInt(3) == 0 ? Double.valueOf(0.1 + 0.9 * random.nextDouble()) : null;
    Map<String, String> manifest =
        switch (random.nextInt(8)) {
          case 0 -> Map.of(NOBODYS_FILE, "0".repeat(64));
          case 1 -> Map.of(SOMEBODYS_FILE, "0".repeat(64));
          default -> null;
        };
    Instant from = random.nextInt(3) == 0 ? time().plusSeconds(random.nextInt(90)) : null;
    return new Promote(
        model,
        version,
        expected,
        null,
        label,
        from == null || random.nextInt(10) == 0 ? require : null,
        manifest,
        from);
  }

  /** Another instance becomes the controller: it has the topics and nothing else. */
  private void takeOver() {
    trace("a takeover");
    Fleet successor = new Fleet(newest(), Attendance.empty(LIVENESS));
    assertThat(successor.decisions()).as("a fresh replay").isEqualTo(term.fleet.decisions());
    term = new Term(successor);
    if (random.nextBoolean()) {
      compact();
    }
    term.reportsFound = reports.size();
    hear();
  }

  /** Of each instance's reports the newest stays. */
  private void compact() {
    Set<Report> newest = Collections.newSetFromMap(new IdentityHashMap<>());
    newest.addAll(newestReports(reports.size()).values());
    reports.removeIf(report -> !newest.contains(report));
  }

  private void hear() {
    while (term.reportsHeard < reports.size()) {
      boolean found = term.reportsHeard < term.reportsFound;
      Report report = reports.get(term.reportsHeard++);
      InstanceReport value = report.value();
      if (value == null) {
        term.fleet = controller.onDeparture(term.fleet, report.instance(), FakeInstance.MODEL);
      } else {
        term.fleet =
            found
                ? controller.onEarlierReport(term.fleet, value, now())
                : controller.onReport(term.fleet, value, now());
      }
    }
  }

  /** The controller's turn: it commits what it has decided, or decides. */
  private void decide() {
    Ruling pending = term.pending;
    if (pending != null) {
      write(pending, term.answersCommand);
      term.pending = null;
      return;
    }
    hear();
    Ruling onTime = controller.onTime(term.fleet, FakeInstance.MODEL, now());
    if (!onTime.isSilent()) {
      decided(onTime, false);
    } else if (answered < control.size()) {
      decided(controller.onCommand(term.fleet, answered, control.get(answered), now()), true);
    }
  }

  private void decided(Ruling ruling, boolean answersCommand) {
    term.pending = ruling;
    term.answersCommand = answersCommand;
    term.decidedAt = elapsed;
    if (random.nextBoolean()) {
      decide();
    }
  }

  /** One transaction. What a controller loses with its office before, nobody sees. */
  private void write(Ruling ruling, boolean answersCommand) {
    for (ModelDecision decision : ruling.decisions()) {
      check(decision);
      note(decision);
      decisions.add(decision);
      decidedAt.add(elapsed);
    }
    ruling.audit().forEach(event -> trace("%s", event));
    audit.addAll(ruling.audit());
    term.fleet = ruling.fleet();
    answered += answersCommand ? 1 : 0;
    if (faults && isFromATime(ruling) && random.nextBoolean()) {
      // The next promotion may begin before everybody has read how this one has ended
      control.add(new Decoded.Message<>(promotion()));
    }
  }

  private static boolean isFromATime(Ruling ruling) {
    return ruling.decisions().stream()
        .anyMatch(
            decision -> decision.getPhase() == Phase.ACTIVE && decision.getActiveFrom() != null);
  }

  private Command promotion() {
    long version = 1L + random.nextInt(VERSIONS);
    return Command.newBuilder().setPromote(promote(FakeInstance.MODEL, version, null)).build();
  }

  private void note(ModelDecision decision) {
    Set<Long> before = decisions.isEmpty() ? Set.of() : served(decisions.get(decisions.size() - 1));
    Set<Long> after = served(decision);
    before.stream()
        .filter(version -> !after.contains(version))
        .forEach(version -> left.put(version, elapsed));
    left.keySet().removeAll(after);
    Instant from = decision.getActiveFrom();
    if (decision.getPhase() == Phase.ACTIVE && from != null) {
      effectiveFrom.put(decision.getEpoch(), from);
      takenUpTo.headMap(decision.getEpoch()).forEach(this::checkTaken);
      for (SimulatedInstance instance : instances) {
        instance
            .takenUpToBefore(decision.getEpoch())
            .forEach((epoch, upTo) -> checkTaken(epoch, upTo, decision.getEpoch(), from));
      }
    }
  }

  private static Set<Long> served(ModelDecision decision) {
    return new HashSet<>(Activation.of(decision).map(Activation::versions).orElse(List.of()));
  }

  private void check(ModelDecision decision) {
    Optional<ModelDecision> last =
        decisions.isEmpty() ? Optional.empty() : Optional.of(decisions.get(decisions.size() - 1));
    Set<Long> held = new HashSet<>(Holdings.of(decision).pins());
    held.addAll(Holdings.of(decision).labels().values());
    held.add(decision.getActive());
    held.addAll(served(decision));
    assertThat(decision.getUnloaded()).as("held and unloaded").doesNotContainAnyElementsOf(held);
    if (last.filter(before -> changesHoldingsOnly(before, decision)).isPresent()) {
      assertThat(decision.getPhase()).as("held while preparing").isNotEqualTo(Phase.PREPARE);
    } else if (decision.getPhase() == Phase.PREPARE) {
      assertThat(last.map(ModelDecision::getPhase))
          .as("no two at a time")
          .isNotEqualTo(Optional.of(Phase.PREPARE));
      assertThat(last.map(ModelDecision::getEpoch).orElse(-1L)).isLessThan(decision.getEpoch());
      checkNotTriedForEver(decision);
      if (isRollBackOfItsOwn(decision)) {
        checkRollBack(decision, last.orElseThrow());
      }
    } else {
      assertThat(last.map(ModelDecision::getPhase)).as("one end each").contains(Phase.PREPARE);
      assertThat(last.map(ModelDecision::getEpoch)).contains(decision.getEpoch());
      if (decision.getPhase() == Phase.ABORTED) {
        assertThat(decision.getActive()).isEqualTo(last.get().getActive());
      } else {
        assertThat(decision.getActive()).isEqualTo(last.get().getTarget());
        assertThat(last.get().getManifest()).as("activated").doesNotContainKey(NOBODYS_FILE);
        checkReady(last.get());
      }
    }
  }

  private static boolean changesHoldingsOnly(ModelDecision before, ModelDecision after) {
    return before.getEpoch() == after.getEpoch() && before.getPhase() == after.getPhase();
  }

  /** Only who starts anew may have the fleet try again what failed. */
  private void checkNotTriedForEver(ModelDecision preparing) {
    if (preparing.getActive() == null && preparing.getBy() != null) {
      int attempts = initialAttempts.merge(preparing.getTarget(), 1, Integer::sum);
      assertThat(attempts)
          .as("initial attempts at version %d", preparing.getTarget())
          .isLessThanOrEqualTo(starts);
    }
  }

  private static boolean isRollBackOfItsOwn(ModelDecision decision) {
    return decision.getWhy() != null
        && decision.getWhy().endsWith("has failed: runs fail")
        && !decision.getWhy().contains("earlier records");
  }

  /** From what fails, to what was active before, and not again after it was given up. */
  private void checkRollBack(ModelDecision preparing, ModelDecision last) {
    assertThat(faulty).contains(preparing.getActive());
    assertThat(preparing.getTarget()).isEqualTo(last.getPrevious());
    if (last.getPhase() == Phase.ABORTED) {
      assertThat(last.getTarget()).as("given up before").isNotEqualTo(preparing.getTarget());
    }
  }

  /**
   * By the topic, not by the controller's notes: of those heard lately enough were ready. Who is
   * heard between the verdict and its commit came too late.
   */
  private void checkReady(ModelDecision preparing) {
    int lately = 0;
    int ready = 0;
    for (Report report : newestReports(term.reportsHeard).values()) {
      if (report.value() != null) {
        boolean heard = term.decidedAt.minus(report.at()).compareTo(LIVENESS.dividedBy(2)) < 0;
        Preparation preparation = report.value().getPreparation();
        lately += heard ? 1 : 0;
        ready +=
            preparation != null
                    && preparation.getEpoch() == preparing.getEpoch()
                    && preparation.getReadiness() == Readiness.READY
                ? 1
                : 0;
      }
    }
    assertThat(ready)
        .as("ready at the activation of epoch %d, of %d heard lately", preparing.getEpoch(), lately)
        .isGreaterThanOrEqualTo(Math.max(1, Verdict.required(preparing, lately)));
  }

  private Map<String, Report> newestReports(int end) {
    Map<String, Report> newest = new LinkedHashMap<>();
    for (int i = end - 1; i >= 0 && newest.size() < instances.size(); i--) {
      newest.putIfAbsent(reports.get(i).instance(), reports.get(i));
    }
    return newest;
  }

  /**
   * The end: everything is answered; then all start again, some in vain at first; then nothing
   * fails any more. A version that failed for once in everybody's sight, with none left to go on
   * with, waits for somebody to start a process.
   */
  void settle() {
    goOn(3 * DEADLINE.toSeconds());
    instances.forEach(SimulatedInstance::crash);
    trace("everybody starts again");
    goOn(LIVENESS.toSeconds());
    faults = false;
    goOn(3 * DEADLINE.toSeconds());
    if (term.fleet.decision(FakeInstance.MODEL).map(ModelDecision::getActive).isEmpty()) {
      trace("somebody starts all of them");
      instances.forEach(SimulatedInstance::crash);
      goOn(3 * DEADLINE.toSeconds());
    }
  }

  private void goOn(long seconds) {
    for (long second = 0; second < seconds; second++) {
      elapsed = elapsed.plusSeconds(1);
      for (SimulatedInstance instance : instances) {
        if (!instance.isAlive()) {
          start(instance);
        }
        instance.recover();
        instance.runActiveVersion();
        instance.heartbeat();
        instance.follow(decisions);
        instance.drain();
        instance.serve();
      }
      decide();
      decide();
    }
  }

  /** What must hold once everything has settled. */
  void checkSettled() {
    assertThat(answered).as("commands answered").isEqualTo(control.size());
    assertThat(audit.stream().filter(SimulatedFleet::isLastAnswer).map(SimulatedFleet::command))
        .as("each command is answered once")
        .hasSize(answered)
        .doesNotHaveDuplicates();
    Optional<ModelDecision> last = term.fleet.decision(FakeInstance.MODEL);
    assertThat(last.map(ModelDecision::getPhase)).isNotEqualTo(Optional.of(Phase.PREPARE));
    Optional<Long> active = last.map(ModelDecision::getActive);
    assertThat(active).as("some version serves; broken: %s", broken).isPresent();
    assertThat(broken).doesNotContain(active.get());
    assertThat(last.get().getActiveFrom()).as("retired in the end").isNull();
    for (SimulatedInstance instance : instances) {
      if (!last.get().getActiveManifest().keySet().stream().allMatch(instance::has)) {
        assertThat(instance.canServe()).as("%s serves other files", instance).isFalse();
        continue;
      }
      assertThat(instance.activation())
          .as("active on %s", instance)
          .isEqualTo(Activation.of(last.get()));
      assertThat(instance.canServe()).as("%s serves", instance).isTrue();
      assertThat(instance.holdings()).isEqualTo(Holdings.of(last.get()));
      assertThat(instance.askedInVain()).as("kept ready on %s", instance).isEmpty();
      assertThat(
              Fallback.of(instance.models().get(FakeInstance.MODEL), last)
                  .filter(fallback -> fallback.obstacle().isEmpty()))
          .as("a way back that %s has not gone", instance)
          .isEmpty();
    }
    assertThat(newest()).isEqualTo(term.fleet.decisions());
  }

  private static boolean isLastAnswer(AuditEvent event) {
    return event.getDecided() == null
        || (event.getDecided().getOutcome() != Outcome.PREPARE
            && event.getDecided().getOutcome() != Outcome.RETIRED);
  }

  /** The offset of the command that an event is an answer to. */
  private static long command(AuditEvent event) {
    if (event.getDecided() != null) {
      return event.getDecided().getEpoch();
    }
    return event.getDone() == null ? event.getRejected().getOffset() : event.getDone().getOffset();
  }

  /** The instance understands the decision that it takes records by, or it is not long ago. */
  void checkUnderstood(SimulatedInstance instance, int decision) {
    if (elapsed.minus(decidedAt.get(decision)).compareTo(MAX_STALENESS) > 0) {
      assertThat(decisions.get(decision).getProtocolLevel())
          .as("the level that %s serves by", instance)
          .isLessThanOrEqualTo(instance.protocolLevel());
    }
  }

  /** What a record is taken by, or its outcome committed, is active, or was not long ago. */
  void checkServed(SimulatedInstance instance, long version) {
    Duration since = left.get(version);
    if (since != null) {
      assertThat(elapsed.minus(since))
          .as("%s serves %d, which the fleet has left for", instance, version)
          .isLessThanOrEqualTo(MAX_STALENESS);
    }
  }

  /**
   * A record is taken by what an epoch wants, though later ones may want something else of it. What
   * was read ahead of the clock binds only who has agreed to the later epoch.
   */
  void checkTaken(SimulatedInstance instance, Instant timestamp, long epoch) {
    effectiveFrom
        .tailMap(epoch + 1)
        .forEach(
            (later, from) -> {
              if (instance.takenUpToBefore(later).containsKey(epoch)) {
                checkTaken(epoch, timestamp, later, from);
              }
            });
    if (!timestamp.isAfter(time())) {
      takenUpTo.merge(epoch, timestamp, (one, other) -> one.isAfter(other) ? one : other);
      checkTaken(epoch, takenUpTo.get(epoch));
    }
  }

  /** The version of each record is the one that its timestamp says, whoever knew of it when. */
  private void checkTaken(long epoch, Instant upTo) {
    effectiveFrom.tailMap(epoch + 1).forEach((later, from) -> checkTaken(epoch, upTo, later, from));
  }

  private static void checkTaken(long epoch, Instant upTo, long later, Instant from) {
    assertThat(upTo)
        .as("taken by epoch %d, though epoch %d is effective from then on", epoch, later)
        .isBefore(from);
  }

  /** Of a record that is read now: many are late, and some ahead of the clock. */
  Instant recordTimestamp() {
    return ahead && random.nextInt(8) == 0
        ? time().plusMillis(random.nextInt(MOST_AHEAD))
        : time().minusMillis(random.nextInt(MOST_LATE));
  }

  /** Takes note of what happens, for whoever has to find out why something went wrong. */
  void trace(String format, Object... arguments) {
    trace.addLast(elapsed + " " + format.formatted(arguments));
    if (trace.size() > TRACE_LINES) {
      trace.removeFirst();
    }
  }

  /** The last that happened. */
  String lastEvents() {
    return String.join("\n", trace);
  }

  private SortedMap<String, ModelDecision> newest() {
    SortedMap<String, ModelDecision> newest = new TreeMap<>();
    decisions.forEach(decision -> newest.put(decision.getModel(), decision));
    return newest;
  }

  /** What an instance does now is what a decision says. */
  void checkActivation(SimulatedInstance instance, Activation activation) {
    trace("%s activates %s", instance, activation);
    assertThat(decisions)
        .as("%s activates %s", instance, activation)
        .anyMatch(
            decision ->
                Activation.of(decision).equals(Optional.of(activation))
                    && decision.getActiveManifest().keySet().stream().allMatch(instance::has));
  }

  /** A defect, now and then. */
  void mayFail() {
    if (faults && random.nextInt(50) == 0) {
      throw new IllegalStateException("a defect");
    }
  }

  /** Whether this preparation of that version fails. */
  boolean fails(long version) {
    return broken.contains(version) || (faults && random.nextInt(15) == 0);
  }

  /** Whether runs of a version that is active fail. */
  boolean failsAtWork(long version) {
    return faulty.contains(version);
  }

  /** An instance has started. */
  void started() {
    starts++;
  }

  void append(Report report) {
    reports.add(report);
  }

  void append(Command command) {
    trace("proposed at %d: %s", control.size(), command);
    control.add(new Decoded.Message<>(command));
  }

  Duration elapsed() {
    return elapsed;
  }

  int activations() {
    return (int) decisions.stream().filter(d -> d.getPhase() == Phase.ACTIVE).count();
  }

  int effectiveFrom() {
    return effectiveFrom.size();
  }

  int rollBacks() {
    return (int)
        decisions.stream()
            .filter(d -> d.getPhase() == Phase.ACTIVE && isRollBackOfItsOwn(d))
            .count();
  }

  Instant time() {
    return START.plus(elapsed);
  }

  private Now now() {
    return new Now(time(), elapsed.toNanos());
  }
}
