package io.penstock.chaos;

import io.penstock.testkit.Census;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.Workbench;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Whether outcomes suit their inputs: a bad record is a dead letter with the right reason, and the
 * same review has the same prediction, whatever batch it was in. Not thread-safe.
 */
final class Answers implements Consumer<ConsumerRecord<byte[], byte[]>> {

  private static final double TOLERANCE = 1e-4;

  private static final Map<String, String> REASONS =
      Map.of(
          MixedLoad.GARBAGE, "MALFORMED",
          MixedLoad.POISON, "INFERENCE_FAILED",
          MixedLoad.OVERSIZE, "OVERSIZE_PREDICTION");

  private final Workbench bench;
  private final String deadLetters;
  private final Map<String, List<Float>> predictions = new HashMap<>();
  private final List<String> wrong = new ArrayList<>();

  Answers(Workbench bench, String deadLetters) {
    this.bench = bench;
    this.deadLetters = deadLetters;
  }

  /** Outcomes that do not suit their inputs. */
  List<String> wrong() {
    return wrong;
  }

  @Override
  public void accept(ConsumerRecord<byte[], byte[]> outcome) {
    String kind = kind(outcome);
    String reason =
        outcome.topic().equals(deadLetters) ? Census.header(outcome, "penstock-reason") : "none";
    if (!reason.equals(REASONS.getOrDefault(kind, "none"))) {
      blame(outcome, kind, "is a dead letter because of " + reason);
    } else if (!REASONS.containsKey(kind)) {
      List<Float> prediction = sentiment(outcome);
      List<Float> before = predictions.putIfAbsent(kind, prediction);
      if (before != null && !isClose(before, prediction)) {
        blame(outcome, kind, "has " + prediction + " and had " + before);
      }
    }
  }

  /** A dead letter keeps its input's headers only while they leave room for the rest. */
  private static String kind(ConsumerRecord<byte[], byte[]> outcome) {
    return outcome.headers().lastHeader(MixedLoad.KIND) == null
        ? MixedLoad.OVERSIZE
        : Census.header(outcome, MixedLoad.KIND);
  }

  private void blame(ConsumerRecord<byte[], byte[]> outcome, String kind, String what) {
    wrong.add("%s, a %s, %s".formatted(OutcomeSource.of(outcome), kind, what));
  }

  private List<Float> sentiment(ConsumerRecord<byte[], byte[]> outcome) {
    GenericRecord prediction = bench.unframed(outcome.value());
    List<Float> values = new ArrayList<>();
    for (String output : List.of("sentiment", "vector")) {
      ((List<?>) prediction.get(output)).forEach(value -> values.add((Float) value));
    }
    return values;
  }

  private static boolean isClose(List<Float> one, List<Float> other) {
    for (int i = 0; i < one.size(); i++) {
      if (Math.abs(one.get(i) - other.get(i)) > TOLERANCE) {
        return false;
      }
    }
    return true;
  }
}
