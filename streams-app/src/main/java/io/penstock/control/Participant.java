package io.penstock.control;

import io.penstock.schemas.Command;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.PipelineStatus;
import io.penstock.schemas.Preparation;
import io.penstock.schemas.VersionState;
import io.penstock.schemas.VersionStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One instance's part in the fleet: follows the decisions, reports, proposes. Not thread-safe: all
 * calls on the control thread, on which the completions of what it starts run too.
 */
public final class Participant {

  /** How many versions an instance names, and how many that its source has complete: the last. */
  static final int VERSIONS_REPORTED = 100;

  private final String id;
  private final int protocolLevel;
  private final Instance instance;
  private final Outbox outbox;
  private final Executor controlThread;
  private final Clock clock;
  private final LongSupplier nanoClock;

  /** Of each model of the fleet, also of those that this instance has not. */
  private final Map<String, ModelDecision> newest = new HashMap<>();

  private final Map<String, Follower> followers = new HashMap<>();
  private final Map<String, FailedVersions> failures = new HashMap<>();
  private final Map<String, Sent> proposals = new HashMap<>();

  /** Models with a report that is safe: the controller rejects proposals for any other. */
  private final Set<String> announced = new HashSet<>();

  private long firstUnanswered;
  private boolean caughtUp;
  private long heartbeat;

  /**
   * A participant that has seen no decision yet.
   *
   * @param id the instance's, unique in the fleet
   */
  public Participant(
      String id,
      Instance instance,
      Outbox outbox,
      Executor controlThread,
      Clock clock,
      LongSupplier nanoClock) {
    this(id, ProtocolLevel.CURRENT, instance, outbox, controlThread, clock, nanoClock);
  }

  /** One of a certain level of the protocol. */
  public Participant(
      String id,
      int protocolLevel,
      Instance instance,
      Outbox outbox,
      Executor controlThread,
      Clock clock,
      LongSupplier nanoClock) {
    this.id = id;
    this.protocolLevel = protocolLevel;
    this.instance = instance;
    this.outbox = outbox;
    this.controlThread = controlThread;
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  /** Starts from the newest decision of each model, as they stand now. Called once, first. */
  public void start(Map<String, ModelDecision> decisions) {
    decisions.forEach(
        (model, decision) -> failures.put(model, new FailedVersions(Optional.of(decision))));
    caughtUp = true;
    decisions.values().forEach(this::decide);
    heartbeat();
  }

  /** Acts on the newest decision about a model. */
  public void decide(ModelDecision decision) {
    String model = decision.getModel();
    newest.put(model, decision);
    if (instance.models().containsKey(model)) {
      follower(model).follow(decision);
      propose(model);
    }
  }

  /** All commands before that offset are answered, and the decisions that say so acted on. */
  public void answered(long firstUnanswered) {
    this.firstUnanswered = firstUnanswered;
    followers.keySet().forEach(this::tellFallback);
  }

  /** Whether everything is done that the decisions so far ask for now. */
  public boolean isUpToDate() {
    return followers.values().stream().allMatch(Follower::isUpToDate);
  }

  /** Reports on every model, proposes and retries what is due. Called at every interval. */
  public void heartbeat() {
    if (!caughtUp) {
      return;
    }
    for (String model : instance.models().keySet()) {
      follower(model).retry();
      report(model);
      propose(model);
    }
  }

  /**
   * The instance has other models than before. Of those that are gone the fleet is told that it
   * need not wait for this instance; those that have come begin as at a start. A model that is
   * another by the same name has to be gone in between. By the decisions that it was told: one that
   * has been read, and is still to be told, comes in its turn.
   */
  public void modelsReplaced() {
    if (!caughtUp) {
      return;
    }
    Set<String> gone = new HashSet<>(followers.keySet());
    Set<String> come = new HashSet<>(instance.models().keySet());
    gone.removeAll(come);
    come.removeAll(followers.keySet());
    gone.forEach(this::part);
    for (String model : come) {
      Optional<ModelDecision> decision = Optional.ofNullable(newest.get(model));
      failures.put(model, new FailedVersions(decision));
      decision.ifPresent(this::decide);
    }
    heartbeat();
  }

  private void part(String model) {
    Follower follower = followers.remove(model);
    if (follower != null) {
      follower.leave();
    }
    proposals.remove(model);
    announced.remove(model);
    outbox.depart(id, model);
  }

  /** Tells the fleet not to wait for this instance any longer. */
  public void leave() {
    caughtUp = false;
    followers.keySet().forEach(model -> outbox.depart(id, model));
  }

  private Follower follower(String model) {
    return followers.computeIfAbsent(
        model,
        name ->
            new Follower(
                name, protocolLevel, instance, controlThread, nanoClock, () -> report(name)));
  }

  private void report(String model) {
    ServedModel served = instance.models().get(model);
    if (!caughtUp || served == null) {
      return;
    }
    Follower follower = follower(model);
    InstanceReport report =
        InstanceReport.newBuilder()
            .setInstance(id)
            .setModel(model)
            .setTime(clock.instant().truncatedTo(ChronoUnit.MILLIS))
            .setProtocolLevel(protocolLevel)
            .setHeartbeat(heartbeat++)
            .setConfiguration(instance.configuration())
            .setActive(follower.active().orElse(null))
            .setVersions(worthReporting(served.versions()))
            .setAspired(last(List.copyOf(served.aspired().keySet())))
            .setPipelines(served.pipelines().stream().map(Participant::bounded).toList())
            .setPreparation(follower.preparation().map(Participant::bounded).orElse(null))
            .build();
    outbox.report(report).thenRun(() -> controlThread.execute(() -> announced(model, follower)));
  }

  private static <T> List<T> last(List<T> all) {
    return all.subList(Math.max(0, all.size() - VERSIONS_REPORTED), all.size());
  }

  /** What has ended is left out first. */
  private static List<VersionStatus> worthReporting(List<VersionStatus> all) {
    Comparator<VersionStatus> endedFirst =
        Comparator.comparing(status -> status.getState() != VersionState.END);
    List<VersionStatus> order =
        all.size() <= VERSIONS_REPORTED ? all : all.stream().sorted(endedFirst).toList();
    return last(order).stream().map(Participant::bounded).toList();
  }

  private static VersionStatus bounded(VersionStatus status) {
    String error = status.getError();
    return new VersionStatus(
        status.getVersion(), status.getState(), error == null ? null : Texts.reported(error));
  }

  private static PipelineStatus bounded(PipelineStatus status) {
    return new PipelineStatus(
        status.getName(), status.getTopic(), status.getState(), Texts.reported(status.getDetail()));
  }

  private static Preparation bounded(Preparation preparation) {
    return new Preparation(
        preparation.getEpoch(),
        preparation.getVersion(),
        preparation.getReadiness(),
        Texts.boundedOrNull(preparation.getReason()));
  }

  /** A report is safe: about this model, or about one that had its name before. */
  private void announced(String model, Follower reported) {
    if (followers.get(model) == reported && announced.add(model)) {
      propose(model);
    }
  }

  private void propose(String model) {
    ServedModel served = instance.models().get(model);
    if (!caughtUp || served == null || !announced.contains(model)) {
      return;
    }
    Optional<ModelDecision> decision = follower(model).decision();
    if (decision.filter(newest -> Promotion.isBeyond(newest, protocolLevel)).isPresent()) {
      return;
    }
    FailedVersions failed =
        failures.computeIfAbsent(model, name -> new FailedVersions(Optional.empty()));
    decision.ifPresent(newest -> failed.note(newest, served));
    Sent last = proposals.get(model);
    Proposals.next(
            served,
            decision,
            failed.among(served),
            failed.mended(served),
            last == null ? null : last.proposal)
        .ifPresent(next -> send(model, next, next.command(model, id, served, decision)));
    tellFallback(model);
  }

  private void send(String model, Proposal proposal, Command command) {
    Sent sent = new Sent(proposal);
    proposals.put(model, sent);
    outbox
        .propose(command)
        .whenComplete(
            (offset, failure) -> controlThread.execute(() -> sent(model, sent, offset, failure)));
  }

  private void sent(String model, Sent sent, @Nullable Long offset, @Nullable Throwable failure) {
    if (failure != null) {
      proposals.remove(model, sent);
    } else {
      sent.offset = Optional.ofNullable(offset);
      tellFallback(model);
    }
  }

  private void tellFallback(String model) {
    ServedModel served = instance.models().get(model);
    if (served == null) {
      return;
    }
    Fallback.of(served, follower(model).decision())
        .ifPresent(fallback -> instance.fallback(model, outlook(model, fallback)));
  }

  private String outlook(String model, Fallback fallback) {
    Optional<Long> command =
        Optional.ofNullable(proposals.get(model))
            .filter(sent -> !(sent.proposal instanceof Proposal.Forward))
            .flatMap(sent -> sent.offset);
    return fallback.outlook(
        command, command.filter(offset -> offset < firstUnanswered).isPresent());
  }

  /** A proposal, and where it stands on the control topic once it does. */
  private static final class Sent {
    private final Proposal proposal;
    private Optional<Long> offset = Optional.empty();

    Sent(Proposal proposal) {
      this.proposal = proposal;
    }
  }
}
