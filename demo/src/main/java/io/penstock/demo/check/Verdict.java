package io.penstock.demo.check;

import java.util.List;
import java.util.SortedMap;

/**
 * What came out, judged by what went in.
 *
 * @param outcomes predictions and dead letters
 * @param deadLetters those of the outcomes that are dead letters
 * @param lost inputs without an outcome
 * @param duplicated outcomes of inputs that had one already
 * @param outOfOrder outcomes that stand after one of a later input of their partition, or in a
 *     partition of another number than their input's
 * @param accuracy per version, of the first outcome of each input
 * @param cutovers in the order of partitions and offsets
 * @param findings one line for each thing that is wrong, the first of each kind only
 */
public record Verdict(
    long inputs,
    long outcomes,
    long deadLetters,
    long lost,
    long duplicated,
    long outOfOrder,
    SortedMap<Long, Accuracy> accuracy,
    List<Cutover> cutovers,
    List<String> findings) {

  /** Whether every guarantee held. */
  public boolean holds() {
    return lost == 0 && duplicated == 0 && outOfOrder == 0 && findings.isEmpty();
  }

  /** Whether that version served. */
  public boolean served(long version) {
    return accuracy.containsKey(version);
  }
}
