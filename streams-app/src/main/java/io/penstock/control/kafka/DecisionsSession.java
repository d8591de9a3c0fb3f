package io.penstock.control.kafka;

import io.penstock.schemas.ModelDecision;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Tails the decisions: first all that there are, then what comes. A new session begins from the
 * beginning again; whoever follows ignores what it knows.
 */
final class DecisionsSession implements RestartingLoop.Session {

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration REPLAY_TIMEOUT = Duration.ofMinutes(1);

  private final DecisionsReader reader;
  private final Consumer<Map<String, ModelDecision>> onReplay;
  private final Consumer<Map<String, ModelDecision>> onDecisions;
  private final LongConsumer onAnswered;
  private boolean replayed;
  private long answered;

  /**
   * A tail of the decisions.
   *
   * @param onReplay gets the newest decision of each model once the end was reached
   * @param onDecisions gets those that come afterwards
   * @param onAnswered gets the offset of the first command without an answer, each time it is
   *     another one, after the decisions that are answers
   */
  DecisionsSession(
      DecisionsReader reader,
      Consumer<Map<String, ModelDecision>> onReplay,
      Consumer<Map<String, ModelDecision>> onDecisions,
      LongConsumer onAnswered) {
    this.reader = reader;
    this.onReplay = onReplay;
    this.onDecisions = onDecisions;
    this.onAnswered = onAnswered;
  }

  @Override
  public void turn() {
    if (!replayed) {
      onReplay.accept(reader.readToEnd(REPLAY_TIMEOUT));
      replayed = true;
    } else {
      Map<String, ModelDecision> decisions = reader.poll(POLL);
      if (!decisions.isEmpty()) {
        onDecisions.accept(decisions);
      }
    }
    tellAnswered();
  }

  private void tellAnswered() {
    long next = reader.nextCommand();
    if (next != answered) {
      answered = next;
      onAnswered.accept(next);
    }
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
