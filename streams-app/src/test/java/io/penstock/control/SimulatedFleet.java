package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.message.Decoded;
import io.penstock.schemas.Abort;
import io.penstock.schemas.Command;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import io.penstock.schemas.Promote;
import io.penstock.schemas.Readiness;
import io.penstock.schemas.Rollback;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
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
  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
  private static final int VERSIONS = 4;

  private final Random random;
  private final Controller controller = new Controller(DEADLINE);
  private final List<SimulatedInstance> instances = new ArrayList<>();

  private final List<Decoded<Command>> control = new ArrayList<>();
  private final List<Report> reports = new ArrayList<>();
  private final List<ModelDecision> decisions = new ArrayList<>();

  /** Committed with the decisions, so it outlives a controller. */
  private int answered;

  private Fleet fleet = Fleet.empty(LIVENESS);
  private int reportsHeard;
  private Duration elapsed = Duration.ZERO;
  private boolean faults = true;

  /** Fail whenever they are prepared. */
  private final Set<Long> broken = new HashSet<>();

  /** Can be prepared and fail at work. */
  private final Set<Long> faulty = new HashSet<>();

  private final Map<Long, Integer> initialAttempts = new HashMap<>();
  private int starts;

  /** A report, or without one a tombstone. */
  record Report(String instance, @Nullable InstanceReport value, Duration at) {}

  SimulatedFleet(long seed) {
    random = new Random(seed);
    int size = 2 + random.nextInt(4);
    boolean automatic = random.nextBoolean();
    for (long version = 2; version <= VERSIONS; version++) {
      if (random.nextInt(3) == 0) {
        broken.add(version);
      } else if (random.nextInt(3) == 0) {
        faulty.add(version);
      }
    }
    for (int i = 0; i < size; i++) {
      instances.add(new SimulatedInstance("i" + i, automatic, this, random));
    }
    instances.forEach(instance -> instance.start(newest(), decisions.size()));
  }

  /** One random event. */
  void step() {
    elapsed = elapsed.plusMillis(random.nextInt(100));
    SimulatedInstance instance = instances.get(random.nextInt(instances.size()));
    switch (random.nextInt(24)) {
      case 0 -> {
        if (random.nextInt(4) == 0) {
          control.add(command());
        }
      }
      case 1 -> takeOver();
      case 2 -> {
        if (random.nextInt(4) == 0) {
          instance.crash();
        }
      }
      case 3 -> {
        if (!instance.isAlive()) {
          instance.start(newest(), decisions.size());
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
    long version = 1L + random.nextInt(VERSIONS);
    String model = FakeInstance.MODEL;
    return switch (random.nextInt(8)) {
      case 0 -> new Decoded.Garbage<>("noise");
      case 1 ->
          new Decoded.Message<>(Command.newBuilder().setAbort(new Abort(model, null)).build());
      case 2 ->
          new Decoded.Message<>(
              Command.newBuilder().setRollback(new Rollback(model, null, null)).build());
      default ->
          new Decoded.Message<>(
              Command.newBuilder()
                  .setPromote(Promote.newBuilder().setModel(model).setVersion(version).build())
                  .build());
    };
  }

  /** Another instance becomes the controller: it has the topics and nothing else. */
  private void takeOver() {
    Fleet successor = new Fleet(newest(), Attendance.empty(LIVENESS));
    assertThat(successor.decisions()).as("a fresh replay").isEqualTo(fleet.decisions());
    fleet = successor;
    if (random.nextBoolean()) {
      compact();
    }
    reportsHeard = 0;
    hear();
  }

  /** Of each instance's reports the newest stays. */
  private void compact() {
    Set<Report> newest = Collections.newSetFromMap(new IdentityHashMap<>());
    newest.addAll(newestReports().values());
    reports.removeIf(report -> !newest.contains(report));
  }

  private void hear() {
    while (reportsHeard < reports.size()) {
      Report report = reports.get(reportsHeard++);
      fleet =
          report.value() == null
              ? controller.onDeparture(fleet, report.instance(), FakeInstance.MODEL)
              : controller.onReport(fleet, report.value(), now());
    }
  }

  /** The controller's turn. A crash before the commit loses all of it, so it is one step. */
  private void decide() {
    hear();
    write(controller.onTime(fleet, now()));
    if (answered < control.size()) {
      write(controller.onCommand(fleet, answered, control.get(answered), now()));
      answered++;
    }
  }

  private void write(Ruling ruling) {
    for (ModelDecision decision : ruling.decisions()) {
      check(decision);
      decisions.add(decision);
    }
    fleet = ruling.fleet();
  }

  private void check(ModelDecision decision) {
    Optional<ModelDecision> last =
        decisions.isEmpty() ? Optional.empty() : Optional.of(decisions.get(decisions.size() - 1));
    if (decision.getPhase() == Phase.PREPARE) {
      assertThat(last.map(ModelDecision::getPhase))
          .as("no two at a time")
          .isNotEqualTo(Optional.of(Phase.PREPARE));
      assertThat(last.map(ModelDecision::getEpoch).orElse(-1L)).isLessThan(decision.getEpoch());
      checkNotTriedForEver(decision);
      if (isRollBackOfItsOwn(decision)) {
        checkRollBack(decision, last.orElseThrow());
      }
      return;
    }
    assertThat(last.map(ModelDecision::getPhase)).as("one end each").contains(Phase.PREPARE);
    assertThat(last.map(ModelDecision::getEpoch)).contains(decision.getEpoch());
    if (decision.getPhase() == Phase.ABORTED) {
      assertThat(decision.getActive()).isEqualTo(last.get().getActive());
    } else {
      assertThat(decision.getActive()).isEqualTo(last.get().getTarget());
      newestReports().forEach((instance, report) -> checkReady(decision, report));
    }
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
    return decision.getWhy() != null && decision.getWhy().endsWith("runs fail");
  }

  /** From what fails, to what was active before, and not again after it was given up. */
  private void checkRollBack(ModelDecision preparing, ModelDecision last) {
    assertThat(faulty).contains(preparing.getActive());
    assertThat(preparing.getTarget()).isEqualTo(last.getPrevious());
    if (last.getPhase() == Phase.ABORTED) {
      assertThat(last.getTarget()).as("given up before").isNotEqualTo(preparing.getTarget());
    }
  }

  /** By the topic, not by the controller's notes: who was heard lately must have been ready. */
  private void checkReady(ModelDecision decision, Report report) {
    boolean lately = elapsed.minus(report.at()).compareTo(LIVENESS.dividedBy(2)) < 0;
    if (report.value() != null && lately) {
      assertThat(report.value().getPreparation())
          .as("%s at the activation of epoch %d", report.instance(), decision.getEpoch())
          .isNotNull()
          .satisfies(
              preparation -> {
                assertThat(preparation.getEpoch()).isEqualTo(decision.getEpoch());
                assertThat(preparation.getReadiness()).isEqualTo(Readiness.READY);
              });
    }
  }

  private Map<String, Report> newestReports() {
    Map<String, Report> newest = new LinkedHashMap<>();
    for (int i = reports.size() - 1; i >= 0 && newest.size() < instances.size(); i--) {
      newest.putIfAbsent(reports.get(i).instance(), reports.get(i));
    }
    return newest;
  }

  /**
   * The end: everything is answered; then all start again, some in vain at first; then nothing
   * fails any more.
   */
  void settle() {
    goOn(3 * DEADLINE.toSeconds());
    instances.forEach(SimulatedInstance::crash);
    goOn(LIVENESS.toSeconds());
    faults = false;
    goOn(3 * DEADLINE.toSeconds());
  }

  private void goOn(long seconds) {
    for (long second = 0; second < seconds; second++) {
      elapsed = elapsed.plusSeconds(1);
      for (SimulatedInstance instance : instances) {
        if (!instance.isAlive()) {
          instance.start(newest(), decisions.size());
        }
        instance.runActiveVersion();
        instance.heartbeat();
        instance.follow(decisions);
        instance.drain();
      }
      decide();
    }
  }

  /** What must hold once everything has settled. */
  void checkSettled() {
    assertThat(answered).as("commands answered").isEqualTo(control.size());
    Optional<ModelDecision> last = fleet.decision(FakeInstance.MODEL);
    assertThat(last.map(ModelDecision::getPhase)).isNotEqualTo(Optional.of(Phase.PREPARE));
    Optional<Long> active = last.map(ModelDecision::getActive);
    assertThat(active).as("some version serves; broken: %s", broken).isPresent();
    assertThat(broken).doesNotContain(active.get());
    for (SimulatedInstance instance : instances) {
      assertThat(instance.active()).as("active on %s", instance).isEqualTo(active);
      assertThat(
              Fallback.of(instance.models().get(FakeInstance.MODEL), last)
                  .filter(fallback -> fallback.obstacle().isEmpty()))
          .as("a way back that %s has not gone", instance)
          .isEmpty();
    }
    assertThat(newest()).isEqualTo(fleet.decisions());
  }

  private SortedMap<String, ModelDecision> newest() {
    SortedMap<String, ModelDecision> newest = new TreeMap<>();
    decisions.forEach(decision -> newest.put(decision.getModel(), decision));
    return newest;
  }

  /** What an instance does now is what a decision says. */
  void checkActivation(SimulatedInstance instance, long version, long epoch) {
    assertThat(decisions)
        .as("%s activates %d@%d", instance, version, epoch)
        .anyMatch(
            decision ->
                decision.getPhase() == Phase.ACTIVE
                    && decision.getActive() == version
                    && decision.getEpoch() == epoch);
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
    control.add(new Decoded.Message<>(command));
  }

  Duration elapsed() {
    return elapsed;
  }

  int activations() {
    return (int) decisions.stream().filter(d -> d.getPhase() == Phase.ACTIVE).count();
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
