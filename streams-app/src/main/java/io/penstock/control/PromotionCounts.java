package io.penstock.control;

import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import java.util.HashMap;
import java.util.Map;

/**
 * How many promotions an instance has seen to begin and to end since it has followed the decisions;
 * what was decided before counts as nothing. A decision that repeats an epoch and a phase, since
 * labels have changed or it was written again, is no other promotion. Thread-safe.
 */
public final class PromotionCounts {

  /** What becomes of a promotion, roll-backs included. */
  public enum Step {
    BEGUN,
    ACTIVATED,
    ABORTED
  }

  private record Key(String model, Step step) {}

  private record Last(long epoch, Phase phase) {}

  private final Map<String, Last> lasts = new HashMap<>();
  private final Map<Key, Long> counts = new HashMap<>();

  /** A decision that was there before this instance. */
  public synchronized void begin(ModelDecision decision) {
    lasts.put(decision.getModel(), last(decision));
  }

  /** The newest decision about a model; one that came between may have been passed over. */
  public synchronized void note(ModelDecision decision) {
    Last now = last(decision);
    Last before = lasts.put(decision.getModel(), now);
    if (now.equals(before)) {
      return;
    }
    if (before == null || before.epoch() != now.epoch()) {
      count(decision, Step.BEGUN);
    }
    switch (now.phase()) {
      case PREPARE, UNKNOWN -> {}
      case ACTIVE -> count(decision, Step.ACTIVATED);
      case ABORTED -> count(decision, Step.ABORTED);
    }
  }

  private void count(ModelDecision decision, Step step) {
    counts.merge(new Key(decision.getModel(), step), 1L, Long::sum);
  }

  /** How many of a model's promotions have come to that. */
  public synchronized long count(String model, Step step) {
    return counts.getOrDefault(new Key(model, step), 0L);
  }

  private static Last last(ModelDecision decision) {
    return new Last(decision.getEpoch(), decision.getPhase());
  }
}
