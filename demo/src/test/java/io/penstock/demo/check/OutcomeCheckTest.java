package io.penstock.demo.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.demo.check.Outcome.Answer;
import io.penstock.demo.wire.Coordinates;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OutcomeCheckTest {

  @Test
  void shouldFindNothingWrongWithARunThatIsRight() {
    // given two partitions, the second of which goes over to version 2 at offset 1
    List<Outcome> outcomes =
        List.of(
            prediction(0, 0, 0, 0, 1),
            prediction(0, 1, 0, 1, 1),
            prediction(1, 0, 1, 0, 1),
            prediction(1, 1, 1, 1, 2));

    // when
    Verdict verdict = OutcomeCheck.judge(inputs(2, 2), outcomes);

    // then
    assertThat(verdict.holds()).isTrue();
    assertThat(verdict.inputs()).isEqualTo(4);
    assertThat(verdict.outcomes()).isEqualTo(4);
    assertThat(verdict.cutovers()).containsExactly(new Cutover(1, 1, 1, 2));
  }

  @Test
  void shouldCountWhatIsLost() {
    Verdict verdict = OutcomeCheck.judge(inputs(1, 3), List.of(prediction(0, 0, 0, 1, 1)));

    assertThat(verdict.lost()).isEqualTo(2);
    assertThat(verdict.holds()).isFalse();
    assertThat(verdict.findings())
        .containsExactly("digits-0@0 has no outcome", "digits-0@2 has no outcome");
  }

  @Test
  void shouldCountWhatIsThereTwiceAcrossTopicsToo() {
    // given a prediction, the same again, and a dead letter of the same input
    List<Outcome> outcomes =
        List.of(prediction(0, 0, 0, 0, 1), prediction(0, 1, 0, 0, 1), deadLetter(0, 0, 0, 0));

    // when
    Verdict verdict = OutcomeCheck.judge(inputs(1, 1), outcomes);

    // then
    assertThat(verdict.duplicated()).isEqualTo(2);
    assertThat(verdict.outOfOrder()).isZero();
    assertThat(verdict.accuracy()).containsOnly(java.util.Map.entry(1L, new Accuracy(1, 1)));
  }

  @Test
  void shouldCountWhatIsOutOfOrder() {
    List<Outcome> outcomes =
        List.of(prediction(0, 0, 0, 1, 1), prediction(0, 1, 0, 0, 1), prediction(0, 2, 0, 2, 1));

    Verdict verdict = OutcomeCheck.judge(inputs(1, 3), outcomes);

    assertThat(verdict.outOfOrder()).isEqualTo(1);
    assertThat(verdict.findings())
        .containsExactly("predictions-0@1, the outcome of digits-0@0, is out of order");
  }

  @Test
  void shouldCountAnOutcomeInAnotherPartitionAsOutOfOrder() {
    Verdict verdict = OutcomeCheck.judge(inputs(1, 1), List.of(prediction(1, 0, 0, 0, 1)));

    assertThat(verdict.outOfOrder()).isEqualTo(1);
    assertThat(verdict.lost()).isZero();
  }

  @Test
  void shouldNotCompareTheOrderOfPredictionsAndDeadLetters() {
    List<Outcome> outcomes = List.of(prediction(0, 0, 0, 1, 1), deadLetter(0, 0, 0, 0));

    Verdict verdict = OutcomeCheck.judge(inputs(1, 2), outcomes);

    assertThat(verdict.holds()).isTrue();
    assertThat(verdict.deadLetters()).isEqualTo(1);
  }

  @Test
  void shouldFindAnOutcomeOfNothing() {
    Verdict verdict =
        OutcomeCheck.judge(
            inputs(1, 1), List.of(prediction(0, 0, 0, 0, 1), prediction(0, 1, 0, 7, 1)));

    assertThat(verdict.holds()).isFalse();
    assertThat(verdict.findings())
        .containsExactly("predictions-0@1 is an outcome of digits-0@7, which does not exist");
  }

  @Test
  void shouldFindAPredictionUnderAnotherKey() {
    Outcome mixedUp =
        new Outcome(
            new Coordinates("predictions", 0, 0),
            new Coordinates("digits", 0, 0),
            "somebody else",
            new Answer(1, 0));

    Verdict verdict = OutcomeCheck.judge(inputs(1, 1), List.of(mixedUp));

    assertThat(verdict.findings())
        .containsExactly(
            "predictions-0@0 has the key somebody else, its input digits-0@0 has key-0-0");
  }

  @Test
  void shouldFindAPartitionThatGoesBack() {
    List<Outcome> outcomes =
        List.of(prediction(0, 0, 0, 0, 1), prediction(0, 1, 0, 1, 2), prediction(0, 2, 0, 2, 1));

    Verdict verdict = OutcomeCheck.judge(inputs(1, 3), outcomes);

    assertThat(verdict.cutovers())
        .containsExactly(new Cutover(0, 1, 1, 2), new Cutover(0, 2, 2, 1));
    assertThat(verdict.holds()).isFalse();
  }

  @Test
  void shouldMeasureAccuracyPerVersion() {
    // given labels 0, 1, 2 and answers 0, 9 of version 1 and 2 of version 2
    List<Outcome> outcomes =
        List.of(
            prediction(0, 0, 0, 0, 1),
            new Outcome(
                new Coordinates("predictions", 0, 1),
                new Coordinates("digits", 0, 1),
                "key-0-1",
                new Answer(1, 9)),
            prediction(0, 2, 0, 2, 2));

    Verdict verdict = OutcomeCheck.judge(inputs(1, 3), outcomes);

    assertThat(verdict.accuracy().get(1L)).isEqualTo(new Accuracy(1, 2));
    assertThat(verdict.accuracy().get(2L)).isEqualTo(new Accuracy(1, 1));
    assertThat(verdict.served(2)).isTrue();
    assertThat(verdict.served(3)).isFalse();
  }

  @Test
  void shouldCountExactlyTheDamageThatWasDone() {
    for (long seed = 0; seed < 300; seed++) {
      // given a right run over three partitions
      Random random = new Random(seed);
      int size = 20 + random.nextInt(30);
      List<Outcome> outcomes = new ArrayList<>();
      int lost = 0;
      int duplicated = 0;
      // when some outcomes are left out and some are written twice
      for (int partition = 0; partition < 3; partition++) {
        int at = 0;
        for (int offset = 0; offset < size; offset++) {
          int damage = random.nextInt(10);
          lost += damage == 0 ? 1 : 0;
          duplicated += damage == 1 ? 1 : 0;
          int times = damage == 0 ? 0 : damage == 1 ? 2 : 1;
          for (int time = 0; time < times; time++) {
            outcomes.add(prediction(partition, at++, partition, offset, 1));
          }
        }
      }

      // then
      Verdict verdict = OutcomeCheck.judge(inputs(3, size), outcomes);
      assertThat(List.of(verdict.lost(), verdict.duplicated(), verdict.outOfOrder()))
          .as("lost, duplicated, out of order with seed %d", seed)
          .containsExactly((long) lost, (long) duplicated, 0L);
    }
  }

  private static List<Input> inputs(int partitions, int size) {
    List<Input> inputs = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) {
      for (int offset = 0; offset < size; offset++) {
        inputs.add(
            new Input(
                new Coordinates("digits", partition, offset), key(partition, offset), offset));
      }
    }
    return inputs;
  }

  /** A right answer, since the label of an input is its offset. */
  private static Outcome prediction(
      int partition, long offset, int ofPartition, long ofOffset, long version) {
    return new Outcome(
        new Coordinates("predictions", partition, offset),
        new Coordinates("digits", ofPartition, ofOffset),
        key(ofPartition, ofOffset),
        new Answer(version, ofOffset));
  }

  private static Outcome deadLetter(int partition, long offset, int ofPartition, long ofOffset) {
    return new Outcome(
        new Coordinates("dead", partition, offset),
        new Coordinates("digits", ofPartition, ofOffset),
        key(ofPartition, ofOffset),
        null);
  }

  private static String key(int partition, long offset) {
    return "key-" + partition + "-" + offset;
  }
}
