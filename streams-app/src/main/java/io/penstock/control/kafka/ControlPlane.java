package io.penstock.control.kafka;

import io.penstock.control.Instance;
import io.penstock.control.Now;
import io.penstock.control.Participant;
import io.penstock.control.message.ControlMessages;
import io.penstock.schemas.Command;
import io.penstock.schemas.ModelDecision;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
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

  private final ControlPlaneSettings settings;
  private final ControlMessages messages;
  private final ControlClients clients;
  private final Consumer<Throwable> onFatal;
  private final KafkaOutbox outbox;
  private final ScheduledExecutorService controlThread;
  private final Participant participant;
  private final RestartingLoop decisionsLoop;
  private final RestartingLoop controllerLoop;
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private final Map<String, ModelDecision> decisions = new ConcurrentHashMap<>();

  private ControlPlane(
      ControlPlaneSettings settings,
      Instance instance,
      ControlMessages messages,
      Consumer<Throwable> onFatal) {
    this.settings = settings;
    this.messages = messages;
    this.onFatal = onFatal;
    this.clients = new ControlClients(settings);
    this.outbox = new KafkaOutbox(clients.outbox(), settings.topics());
    this.controlThread =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "control"));
    this.participant =
        new Participant(
            settings.instanceId(),
            instance,
            outbox,
            this::onControlThread,
            Clock.systemUTC(),
            System::nanoTime);
    this.decisionsLoop =
        new RestartingLoop(settings.service() + "-decisions", this::decisionsSession, this::fail);
    this.controllerLoop =
        new RestartingLoop(settings.service() + "-controller", this::controllerSession, this::fail);
  }

  /**
   * Takes part from now on.
   *
   * @param onFatal called, on any thread, when a part has stopped for good and only an operator can
   *     help: access denied, wrong configuration, a topic deleted. What was decided last stands.
   * @throws ControlPlaneException if a topic is missing or no broker answers
   */
  public static ControlPlane start(
      ControlPlaneSettings settings,
      Instance instance,
      ControlMessages messages,
      Consumer<Throwable> onFatal) {
    try (Admin admin = new ControlClients(settings).admin()) {
      RequiredTopics.verify(settings.topics(), admin, LOOK_UP_TIMEOUT);
    }
    ControlPlane plane = new ControlPlane(settings, instance, messages, onFatal);
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
    }
  }

  /** Reports at once, since the instance's models have changed; proposes what follows from it. */
  public void modelsChanged() {
    onControlThread(participant::heartbeat);
  }

  /** Sends a command. Completes with its offset on the topic, not when it is answered. */
  public CompletionStage<Long> propose(Command command) {
    return outbox.propose(command);
  }

  /** The version that the fleet has decided to serve; empty before the first. */
  public Optional<Long> activeVersion(String model) {
    return Optional.ofNullable(decisions.get(model)).map(ModelDecision::getActive);
  }

  /** The newest decision of each model, as of now. */
  public Map<String, ModelDecision> decisions() {
    return Map.copyOf(decisions);
  }

  private RestartingLoop.Session decisionsSession() {
    TopicTail tail = new TopicTail(clients.reader("decisions"), settings.topics().decisions());
    return new DecisionsSession(
        new DecisionsReader(tail, messages), this::onReplay, this::onDecisions, this::onAnswered);
  }

  private RestartingLoop.Session controllerSession() {
    return new ControllerSession(clients.commands(), settings.topics(), this::newTerm);
  }

  private ControllerTerm newTerm(
      org.apache.kafka.clients.consumer.Consumer<String, byte[]> commands) {
    // The controller must know its own instance's models, or it would reject commands for them
    outbox.flush();
    return new ControllerTerm(settings, clients, messages, ControlPlane::now, commands);
  }

  private static Now now() {
    return new Now(Clock.systemUTC().instant(), System.nanoTime());
  }

  /** Called once by each session of the decisions; the first one starts everything else. */
  private void onReplay(Map<String, ModelDecision> replayed) {
    decisions.putAll(replayed);
    onControlThread(
        () -> {
          if (caughtUp.isDone()) {
            replayed.values().forEach(participant::decide);
            return;
          }
          participant.start(replayed);
          caughtUp.complete(null);
          controllerLoop.start();
          long interval = settings.heartbeatInterval().toMillis();
          ScheduledFuture<?> unused =
              controlThread.scheduleAtFixedRate(
                  () -> guarded(participant::heartbeat), interval, interval, TimeUnit.MILLISECONDS);
        });
  }

  private void onDecisions(Map<String, ModelDecision> newest) {
    decisions.putAll(newest);
    onControlThread(() -> newest.values().forEach(participant::decide));
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
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void fail(Throwable cause) {
    caughtUp.completeExceptionally(cause);
    onFatal.accept(cause);
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
    onControlThread(participant::leave);
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

  private static Duration halfOfRest(long deadlineNanos) {
    return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()) / 2);
  }
}
