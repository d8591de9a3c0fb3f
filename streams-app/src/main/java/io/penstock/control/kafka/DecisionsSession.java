package io.penstock.control.kafka;

import io.penstock.schemas.ModelDecision;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tails the decisions: first all that there are, then what comes. A new session begins from the
 * beginning again; whoever follows ignores what it knows.
 */
final class DecisionsSession implements RestartingLoop.Session {

  private static final Logger LOG = LoggerFactory.getLogger(DecisionsSession.class);

  /** For the broker to say where the end is: less than half of what may pass unconfirmed. */
  private static final int CONFIRM_INTERVALS_TO_WAIT = 6;

  private static final Duration REPLAY_TIMEOUT = Duration.ofMinutes(1);

  private final DecisionsReader reader;
  private final Consumer<Map<String, ModelDecision>> onReplay;
  private final Consumer<Map<String, ModelDecision>> onDecisions;
  private final LongConsumer onAnswered;
  private final Duration confirmInterval;
  private final LongConsumer onConfirmed;
  private boolean replayed;
  private long answered;

  /**
   * A tail of the decisions.
   *
   * @param onReplay gets the newest decision of each model once the end was reached
   * @param onDecisions gets those that come afterwards
   * @param onAnswered gets the offset of the first command without an answer, each time it is
   *     another one, after the decisions that are answers
   * @param confirmInterval how often to ask for the end
   * @param onConfirmed gets the time, by {@link System#nanoTime}, at which the end was asked for
   *     whenever everything up to it has been passed on
   */
  DecisionsSession(
      DecisionsReader reader,
      Consumer<Map<String, ModelDecision>> onReplay,
      Consumer<Map<String, ModelDecision>> onDecisions,
      LongConsumer onAnswered,
      Duration confirmInterval,
      LongConsumer onConfirmed) {
    this.reader = reader;
    this.onReplay = onReplay;
    this.onDecisions = onDecisions;
    this.onAnswered = onAnswered;
    this.confirmInterval = confirmInterval;
    this.onConfirmed = onConfirmed;
  }

  @Override
  public void turn() {
    if (!replayed) {
      long askedNanos = System.nanoTime();
      onReplay.accept(reader.readToEnd(REPLAY_TIMEOUT));
      replayed = true;
      onConfirmed.accept(askedNanos);
    } else {
      Map<String, ModelDecision> decisions = reader.poll(confirmInterval);
      if (!decisions.isEmpty()) {
        onDecisions.accept(decisions);
      }
      confirm();
    }
    tellAnswered();
  }

  /** A broker that does not answer confirms nothing; the next turn asks again. */
  private void confirm() {
    long askedNanos = System.nanoTime();
    try {
      if (reader.isAtEnd(confirmInterval.multipliedBy(CONFIRM_INTERVALS_TO_WAIT))) {
        onConfirmed.accept(askedNanos);
      }
    } catch (TimeoutException e) {
      LOG.debug("the end of the decisions is not known", e);
    }
  }

  private void tellAnswered() {
    long next = reader.nextCommand();
    if (next != answered) {
      answered = next;
      onAnswered.accept(next);
    }
  }

  @Override
  public boolean isAtWork() {
    return replayed;
  }

  @Override
  public void wakeup() {
    reader.wakeup();
  }

  @Override
  public void close() {
    reader.close();
  }
}
