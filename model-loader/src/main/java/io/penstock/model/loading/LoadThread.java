package io.penstock.model.loading;

import io.penstock.model.ModelException;
import io.penstock.model.RetriableModelException;
import io.penstock.model.ServableId;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread on which one model's versions are loaded, one after the other, each in a {@link
 * LoadSlots slot} of the process.
 *
 * <p>A load that takes too long is given up on. Native code cannot be cut, so its thread is left to
 * itself and another one goes on; what it brings in the end is thrown away. That happens a few
 * times at most: then nothing more is loaded before one of them has come back.
 *
 * <p>Thread-safe, but for {@link #stop}. Whoever ends a load first, its thread or the clock, sets
 * the attempt's flag, and does alone what follows from it.
 */
public final class LoadThread {

  private static final Logger LOG = LoggerFactory.getLogger(LoadThread.class);

  /** Each keeps a thread, its memory and maybe a processor, as long as it does not come back. */
  static final int MOST_LEFT_BEHIND = 3;

  /**
   * So many looks make a time-out. Looks are that far apart at least, so that a process that was
   * stopped for a while takes one of them for it.
   */
  private static final int LOOKS = 16;

  private final LoadTerms terms;
  private final ScheduledExecutorService clock;
  private final ThreadFactory threads;
  private final Queue<Attempt> leftBehind = new ConcurrentLinkedQueue<>();
  private volatile ExecutorService thread;

  /** Belongs to whoever asks for loads. */
  private @Nullable Attempt newest;

  /**
   * A thread without work.
   *
   * @param clock on which a load that takes too long is given up on; must not be blocked
   */
  public LoadThread(LoadTerms terms, ScheduledExecutorService clock, ThreadFactory threads) {
    this.terms = terms;
    this.clock = clock;
    this.threads = threads;
    this.thread = Executors.newSingleThreadExecutor(threads);
  }

  /**
   * Loads a version once there is a slot for it, unless an earlier load of it has not come back: a
   * second one would wait for the same. To be called for one version at a time.
   *
   * @param load runs on the thread; does not throw
   */
  public void load(ServableId id, Load load, Answer answer) {
    List<Attempt> hung = List.copyOf(leftBehind);
    List<Attempt> itsOwn = hung.stream().filter(attempt -> attempt.id.equals(id)).toList();
    if (!itsOwn.isEmpty()) {
      answer.ended(new Loaded.Hung(notBack(id), firstOf(itsOwn)));
      return;
    }
    if (hung.size() >= MOST_LEFT_BEHIND) {
      answer.ended(new Loaded.Hung(tooMany(id, hung), firstOf(hung)));
      return;
    }
    Attempt attempt = new Attempt(id, load, answer);
    newest = attempt;
    thread.execute(() -> terms.slots().run(attempt));
  }

  private static ModelException notBack(ServableId id) {
    return new RetriableModelException(
        "%s is not loaded: its last load has not come back, and no other is begun before it has. Look at its storage; restart this process if it answers."
            .formatted(id));
  }

  private static ModelException tooMany(ServableId id, List<Attempt> hung) {
    return new RetriableModelException(
        "%s is not loaded: %d loads of this model have not come back (%s), and no more is begun before one has. Look at its storage; restart this process if it answers."
            .formatted(id, hung.size(), hung.stream().map(attempt -> attempt.id).toList()));
  }

  private static CompletionStage<?> firstOf(List<Attempt> hung) {
    return CompletableFuture.anyOf(
        hung.stream().map(attempt -> attempt.cameBack).toArray(CompletableFuture<?>[]::new));
  }

  /**
   * Ends a load that has not begun, since others have the slots: its answer is that it failed for
   * that reason. To be called where loads are asked for; nothing is loaded after it.
   */
  public void stop(ModelException reason) {
    if (newest != null) {
      newest.endUnlessBegun(reason);
    }
  }

  /** Ends after the load that runs now. Does not wait. */
  public void shutdown() {
    thread.shutdown();
  }

  /** What a load does. Does not throw. */
  @FunctionalInterface
  public interface Load {

    /**
     * Loads a version.
     *
     * @param isGivenUp whether it has taken too long, so that nobody waits for it any more
     */
    Loaded run(BooleanSupplier isGivenUp);
  }

  /** Hears what became of a load; called once, on the thread or on the clock. */
  @FunctionalInterface
  public interface Answer {
    void ended(Loaded outcome);
  }

  /** One load. */
  private final class Attempt implements LoadSlots.Load {

    private final ServableId id;
    private final Load load;
    private final Answer answer;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CompletableFuture<Void> cameBack = new CompletableFuture<>();

    /** Belongs to the clock. */
    private int looks;

    Attempt(ServableId id, Load load, Answer answer) {
      this.id = id;
      this.load = load;
      this.answer = answer;
    }

    @Override
    public void run(LoadSlots.Slot slot) {
      if (!begun.compareAndSet(false, true)) {
        return;
      }
      long lookNanos = Math.max(1, terms.timeout().toNanos() / LOOKS);
      Future<?> watch =
          clock.scheduleWithFixedDelay(
              () -> look(slot), lookNanos, lookNanos, TimeUnit.NANOSECONDS);
      Loaded outcome = outcome();
      watch.cancel(false);
      if (ended.compareAndSet(false, true)) {
        answer.ended(outcome);
      } else {
        outcome.discard();
        leftBehind.remove(this);
        LOG.warn("The load of {} that was given up on has come back. Nothing is left of it.", id);
        cameBack.complete(null);
      }
    }

    /** A load that throws, against what is asked of it, must not count as one that hangs. */
    private Loaded outcome() {
      try {
        return load.run(ended::get);
      } catch (RuntimeException | Error e) {
        return new Loaded.Failed(new ModelException(id + " could not be loaded: " + e, e), e);
      }
    }

    void endUnlessBegun(ModelException reason) {
      if (begun.compareAndSet(false, true)) {
        answer.ended(new Loaded.Failed(reason));
      }
    }

    private void look(LoadSlots.Slot slot) {
      looks++;
      if (looks != LOOKS) {
        return;
      }
      // First, so that a load that comes back at this very moment takes itself away again.
      leftBehind.add(this);
      if (!ended.compareAndSet(false, true)) {
        leftBehind.remove(this);
        return;
      }
      slot.close();
      terms.memory().giveUp(id);
      ExecutorService stuck = thread;
      thread = Executors.newSingleThreadExecutor(threads);
      stuck.shutdown();
      answer.ended(new Loaded.Hung(tooLong(), cameBack));
    }

    private ModelException tooLong() {
      Duration timeout = terms.timeout();
      return new RetriableModelException(
          "%s did not load within %s and was given up on (fitness.load-timeout: %s). What it does cannot be cut: its thread goes on, and keeps the memory that it was admitted with. Raise the time-out if the model is merely slow; a thread dump shows what the load waits for."
              .formatted(id, timeout, timeout));
    }
  }
}
