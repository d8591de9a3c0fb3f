package io.penstock.control.kafka;

import io.penstock.schemas.ModelDecision;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

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
  private boolean replayed;

  /**
   * A tail of the decisions.
   *
   * @param onReplay gets the newest decision of each model once the end was reached
   * @param onDecisions gets those that come afterwards
   */
  DecisionsSession(
      DecisionsReader reader,
      Consumer<Map<String, ModelDecision>> onReplay,
      Consumer<Map<String, ModelDecision>> onDecisions) {
    this.reader = reader;
    this.onReplay = onReplay;
    this.onDecisions = onDecisions;
  }

  @Override
  public void turn() {
    if (!replayed) {
      onReplay.accept(reader.readToEnd(REPLAY_TIMEOUT));
      replayed = true;
      return;
    }
    Map<String, ModelDecision> decisions = reader.poll(POLL);
    if (!decisions.isEmpty()) {
      onDecisions.accept(decisions);
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
