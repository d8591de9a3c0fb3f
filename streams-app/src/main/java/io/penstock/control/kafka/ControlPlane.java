package io.penstock.control.kafka;

import io.penstock.control.Instance;
import io.penstock.control.Now;
import io.penstock.control.Participant;
import io.penstock.control.PromotionCounts;
import io.penstock.control.Staleness;
import io.penstock.control.message.ControlMessages;
import io.penstock.schemas.ModelDecision;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance's part in the control plane of its service: follows the decisions, reports,
 * proposes, and is the controller when the group makes it so. Thread-safe.
 */
public final class ControlPlane implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);

  private static final Duration LOOK_UP_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(15);

  /** Who is told when a part does not work, on any thread. What was decided last stands. */
  public interface Listener {

    /**
     * It has stopped for good, and only an operator can help: wrong configuration, a topic deleted.
     */
    void failed(Throwable cause);

    /** Access is denied to a part of it, which tries again until it is not. */
    default void denied(String part, Throwable cause) {}

    /** Access is not denied to that part any longer. */
    default void admitted(String part) {}
  }

  private final ControlPlaneSettings settings;
  private final ControlMessages messages;
  private final ControlClients clients;
  private final Listener listener;
  private final KafkaOutbox outbox;
  private final ScheduledExecutorService controlThread;
  private final ScheduledExecutorService stalenessThread;
  private final Staleness staleness;
  private final Participant participant;
  private final RestartingLoop decisionsLoop;
  private final RestartingLoop controllerLoop;
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private final Map<String, ModelDecision> decisions = new ConcurrentHashMap<>();
  private final PromotionCounts promotions = new PromotionCounts();

  private ControlPlane(
      ControlPlaneSettings settings,
      Instance instance,
      ControlMessages messages,
      Listener listener) {
    this.settings = settings;
    this.messages = messages;
    this.listener = listener;
    this.clients = new ControlClients(settings);
    this.controlThread =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "control"));
    this.stalenessThread =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "control-staleness"));
    this.staleness = new Staleness(settings.maxStaleness(), System::nanoTime, pausing(instance));
    this.outbox = new KafkaOutbox(clients.outbox(), settings.topics(), staleness::heard);
    this.participant =
        new Participant(
            settings.instanceId(),
            settings.protocolLevel(),
            instance,
            outbox,
            this::onControlThread,
            Clock.systemUTC(),
            System::nanoTime);
    this.decisionsLoop =
        new RestartingLoop(
            settings.service() + "-decisions", this::decisionsSession, new Fate("decisions"));
    this.controllerLoop =
        new RestartingLoop(
            settings.service() + "-controller", this::controllerSession, new Fate("controller"));
  }

  /**
   * Takes part from now on.
   *
   * @param listener hears when a part does not work
   * @throws ControlPlaneException if a topic is missing or no broker answers
   */
  public static ControlPlane start(
      ControlPlaneSettings settings,
      Instance instance,
      ControlMessages messages,
      Listener listener) {
    try (Admin admin = new ControlClients(settings).admin()) {
      RequiredTopics.verify(settings.topics(), admin, LOOK_UP_TIMEOUT);
      RequiredTopics.verifyCleanup(settings.topics(), admin, LOOK_UP_TIMEOUT);
    }
    ControlPlane plane = new ControlPlane(settings, instance, messages, listener);
    plane.decisionsLoop.start();
    return plane;
  }

  /**
   * Waits until the decisions made so far are known and the instance was told to act on them. Which
   * version is active can be asked from then on; whether it serves already, the instance knows.
   *
   * @throws TimeoutException if it takes longer
   * @throws ControlPlaneException if it will never happen
   */
  public void awaitCaughtUp(Duration timeout) throws InterruptedException, TimeoutException {
    try {
      caughtUp.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new ControlPlaneException(
          "%s cannot be read: %s".formatted(settings.topics().decisions(), e.getMessage()), e);
    } catch (TimeoutException e) {
      throw new TimeoutException(
          "topic %s was not read to its end within %s; do its brokers answer (see the log)?"
              .formatted(settings.topics().decisions(), timeout));
    }
  }

  /** Reports at once, since the instance's models have changed; proposes what follows from it. */
  public void modelsChanged() {
    onControlThread(participant::heartbeat);
  }

  /**
   * Changes, on the control thread, which models the instance has, and acts on that: see {@link
   * Participant#modelsReplaced}. Completes when it is done; exceptionally if the change throws.
   *
   * @throws RejectedExecutionException once this is closed
   */
  public CompletableFuture<Void> replaceModels(Runnable change) {
    return CompletableFuture.runAsync(
        () -> {
          change.run();
          participant.modelsReplaced();
        },
        controlThread);
  }

  /** Does that on the control thread, some time later; not at all once this is closed. */
  public void later(Runnable task) {
    onControlThread(task);
  }

  /** The newest decision of each model, as of now. */
  public Map<String, ModelDecision> decisions() {
    return Map.copyOf(decisions);
  }

  /** The promotions that this instance has seen. */
  public PromotionCounts promotions() {
    return promotions;
  }

  private RestartingLoop.Session decisionsSession() {
    TopicTail tail = new TopicTail(clients.reader("decisions"), settings.topics().decisions());
    return new DecisionsSession(
        new DecisionsReader(tail, messages),
        this::onReplay,
        this::onDecisions,
        this::onAnswered,
        staleness.checkInterval().dividedBy(2),
        this::onConfirmed);
  }

  private RestartingLoop.Session controllerSession() {
    return new ControllerSession(clients.commands(), settings.topics(), this::newTerm);
  }

  private ControllerTerm newTerm(Consumer<String, byte[]> commands) {
    // The controller must know its own instance's models, or it would reject commands for them
    outbox.flush();
    return ControllerTerm.open(settings, clients, messages, ControlPlane::now, commands);
  }

  private static Now now() {
    return new Now(Clock.systemUTC().instant(), System.nanoTime());
  }

  /** Called once by each session of the decisions; the first one starts everything else. */
  private void onReplay(Map<String, ModelDecision> replayed) {
    decisions.putAll(replayed);
    onControlThread(
        () -> {
          if (caughtUp.isCompletedExceptionally()) {
            return;
          }
          if (caughtUp.isDone()) {
            replayed.values().forEach(this::decide);
            return;
          }
          staleness.begin();
          replayed.values().forEach(promotions::begin);
          participant.start(replayed);
          caughtUp.complete(null);
          controllerLoop.start();
          long interval = reportInterval().toMillis();
          long checkMillis = staleness.checkInterval().toMillis();
          ScheduledFuture<?> unusedChecks =
              stalenessThread.scheduleAtFixedRate(
                  () -> guarded(staleness::check), checkMillis, checkMillis, TimeUnit.MILLISECONDS);
          ScheduledFuture<?> unused =
              controlThread.scheduleAtFixedRate(
                  () -> guarded(participant::heartbeat), interval, interval, TimeUnit.MILLISECONDS);
        });
  }

  /** Often enough that what is known is confirmed in time by reports that are taken. */
  private Duration reportInterval() {
    Duration often = staleness.checkInterval().multipliedBy(2);
    Duration configured = settings.heartbeatInterval();
    return often.compareTo(configured) < 0 ? often : configured;
  }

  private void onDecisions(Map<String, ModelDecision> newest) {
    decisions.putAll(newest);
    onControlThread(() -> newest.values().forEach(this::decide));
  }

  private void decide(ModelDecision decision) {
    promotions.note(decision);
    guarded(() -> participant.decide(decision));
  }

  /**
   * Passed through the control thread, behind the decisions that are acted on there. What could not
   * be carried out is not known, whatever was read.
   */
  private void onConfirmed(long atNanos) {
    onControlThread(
        () -> {
          if (participant.isUpToDate()) {
            staleness.confirmed(atNanos);
          }
        });
  }

  private static Staleness.Listener pausing(Instance instance) {
    return new Staleness.Listener() {
      @Override
      public void stale(String reason) {
        instance.stale(reason);
      }

      @Override
      public void current() {
        instance.current();
      }

      @Override
      public void known(long untilNanos) {
        instance.known(untilNanos);
      }
    };
  }

  private void onAnswered(long firstUnanswered) {
    onControlThread(() -> participant.answered(firstUnanswered));
  }

  private void onControlThread(Runnable task) {
    try {
      controlThread.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: closed, a task was dropped", settings.service());
    }
  }

  /** A task that throws is a defect, of the instance's code or ours: nobody must miss it. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void fail(Throwable cause) {
    caughtUp.completeExceptionally(cause);
    listener.failed(cause);
  }

  /** What becomes of one of its loops. A service that is only starting does not wait for access. */
  private final class Fate implements RestartingLoop.Listener {

    private final String part;

    Fate(String part) {
      this.part = part;
    }

    @Override
    public void ended(Throwable cause) {
      fail(cause);
    }

    @Override
    public void denied(RuntimeException cause) {
      caughtUp.completeExceptionally(cause);
      listener.denied(part, cause);
    }

    @Override
    public void admitted() {
      listener.admitted(part);
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** {@link #close(Duration)} with some seconds. */
  @Override
  public void close() {
    close(CLOSE_TIMEOUT);
  }

  /**
   * Leaves the fleet: nobody waits for this instance any longer, and another one becomes the
   * controller. Bounded by that time, of which each step may take half of what is left. Idempotent.
   */
  public void close(Duration timeout) {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    stalenessThread.shutdownNow();
    onControlThread(this::leave);
    controllerLoop.close(halfOfRest(deadlineNanos));
    decisionsLoop.close(halfOfRest(deadlineNanos));
    controlThread.shutdown();
    try {
      long nanos = halfOfRest(deadlineNanos).toNanos();
      if (!controlThread.awaitTermination(nanos, TimeUnit.NANOSECONDS)) {
        controlThread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    outbox.close(halfOfRest(deadlineNanos));
  }

  /** What is read from now on begins nothing any more, and nobody waits for it. */
  private void leave() {
    caughtUp.completeExceptionally(new ControlPlaneException("this instance is being stopped"));
    participant.leave();
  }

  private static Duration halfOfRest(long deadlineNanos) {
    return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()) / 2);
  }
}
