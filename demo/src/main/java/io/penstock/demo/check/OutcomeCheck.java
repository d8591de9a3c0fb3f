package io.penstock.demo.check;

import io.penstock.demo.check.Outcome.Answer;
import io.penstock.demo.wire.Coordinates;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The judgement over one run: every input has exactly one outcome, outcomes stand in the order of
 * their inputs, and each partition goes over to another version once at most. Pure; used once, by
 * one thread.
 */
final class OutcomeCheck {

  private static final int FINDINGS_OF_A_KIND = 3;

  private final Map<Coordinates, Input> inputs = new LinkedHashMap<>();
  private final Set<Coordinates> answered = new HashSet<>();
  private final Map<Lane, Long> lastOffset = new HashMap<>();
  private final Map<Integer, SortedMap<Long, Long>> versions = new TreeMap<>();
  private final SortedMap<Long, Accuracy> accuracy = new TreeMap<>();
  private final Map<String, Integer> found = new HashMap<>();
  private final List<String> findings = new ArrayList<>();
  private long deadLetters;
  private long duplicated;
  private long outOfOrder;

  private OutcomeCheck(List<Input> inputs) {
    inputs.forEach(input -> this.inputs.put(input.at(), input));
  }

  /** Within one partition of one output topic: the outcomes of one input partition. */
  private record Lane(String topic, int partition, int inputPartition) {}

  /**
   * The verdict over a run.
   *
   * @param outcomes those of one partition of one topic in the order in which they stand there
   */
  static Verdict judge(List<Input> inputs, List<Outcome> outcomes) {
    OutcomeCheck check = new OutcomeCheck(inputs);
    outcomes.forEach(check::see);
    long lost = check.missing();
    return new Verdict(
        inputs.size(),
        outcomes.size(),
        check.deadLetters,
        lost,
        check.duplicated,
        check.outOfOrder,
        check.accuracy,
        check.cutovers(),
        check.findings);
  }

  private void see(Outcome outcome) {
    Input input = inputs.get(outcome.of());
    if (input == null) {
      find(
          "no input",
          outcome.at() + " is an outcome of " + outcome.of() + ", which does not exist");
      return;
    }
    if (!input.key().equals(outcome.key())) {
      find(
          "key",
          "%s has the key %s, its input %s has %s"
              .formatted(outcome.at(), outcome.key(), input.at(), input.key()));
    }
    if (!answered.add(input.at())) {
      duplicated++;
      find("duplicated", outcome.at() + " is one more outcome of " + input.at());
      return;
    }
    checkOrder(outcome);
    Answer answer = outcome.answer();
    if (answer == null) {
      deadLetters++;
      return;
    }
    accuracy.merge(
        answer.version(),
        Accuracy.NONE.plus(answer.digit() == input.label()),
        (one, other) -> new Accuracy(one.right() + other.right(), one.all() + other.all()));
    versions
        .computeIfAbsent(input.at().partition(), partition -> new TreeMap<>())
        .put(input.at().offset(), answer.version());
  }

  private void checkOrder(Outcome outcome) {
    Coordinates of = outcome.of();
    Lane lane = new Lane(outcome.at().topic(), outcome.at().partition(), of.partition());
    long last = lastOffset.getOrDefault(lane, -1L);
    if (of.offset() < last || of.partition() != outcome.at().partition()) {
      outOfOrder++;
      find("order", outcome.at() + ", the outcome of " + of + ", is out of order");
    }
    lastOffset.put(lane, Math.max(last, of.offset()));
  }

  private long missing() {
    List<Coordinates> missing =
        inputs.keySet().stream().filter(at -> !answered.contains(at)).toList();
    missing.forEach(at -> find("lost", at + " has no outcome"));
    return missing.size();
  }

  private List<Cutover> cutovers() {
    List<Cutover> cutovers = new ArrayList<>();
    versions.forEach(
        (partition, byOffset) -> {
          List<Cutover> here = cutovers(partition, byOffset);
          here.stream()
              .skip(1)
              .forEach(again -> find("cutover", "one cutover more than expected: " + again));
          cutovers.addAll(here);
        });
    return cutovers;
  }

  private static List<Cutover> cutovers(int partition, SortedMap<Long, Long> versionByOffset) {
    List<Cutover> cutovers = new ArrayList<>();
    long from = versionByOffset.values().iterator().next();
    for (Map.Entry<Long, Long> answer : versionByOffset.entrySet()) {
      long to = answer.getValue();
      if (to != from) {
        cutovers.add(new Cutover(partition, answer.getKey(), from, to));
      }
      from = to;
    }
    return cutovers;
  }

  private void find(String kind, String what) {
    if (found.merge(kind, 1, Integer::sum) <= FINDINGS_OF_A_KIND) {
      findings.add(what);
    }
  }
}
