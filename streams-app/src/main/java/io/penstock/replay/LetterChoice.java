package io.penstock.replay;

import java.util.Map;
import java.util.Set;

/**
 * Which dead letters of a topic are meant: those of a pipeline that meet every condition; all of
 * them where there is none.
 *
 * @param reasons codes, such as {@code MALFORMED}
 * @param positions {@code partition@offset} in the dead-letter topic
 * @param after partition → the offset behind which a letter must lie there
 */
public record LetterChoice(
    String pipeline, Set<String> reasons, Set<String> positions, Map<Integer, Long> after) {

  public LetterChoice {
    reasons = Set.copyOf(reasons);
    positions = Set.copyOf(positions);
    after = Map.copyOf(after);
  }

  /** Whether there is no condition, beside where to go on. */
  public boolean isAll() {
    return reasons.isEmpty() && positions.isEmpty();
  }

  /** Whether that letter is of the pipeline, which may share its topic with others. */
  public boolean isOfPipeline(StoredLetter stored) {
    return stored.letter().getPipeline().equals(pipeline);
  }

  /** Whether that letter is meant. */
  public boolean matches(StoredLetter stored) {
    return isOfPipeline(stored)
        && (reasons.isEmpty() || reasons.contains(stored.letter().getReason()))
        && (positions.isEmpty() || positions.contains(stored.position()))
        && stored.offset() > after.getOrDefault(stored.partition(), -1L);
  }
}
