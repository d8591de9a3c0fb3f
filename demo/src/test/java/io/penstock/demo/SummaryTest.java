package io.penstock.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.demo.check.Accuracy;
import io.penstock.demo.check.Cutover;
import io.penstock.demo.check.Verdict;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class SummaryTest {

  @Test
  void shouldBeOneJsonObject() {
    Summary summary = summary(0, Map.of(1L, new Accuracy(3, 4), 2L, new Accuracy(2, 2)));

    assertThat(summary.json())
        .isEqualTo(
            "{\"inputs\":6,\"outcomes\":6,\"lost\":0,\"duplicated\":0,\"outOfOrder\":0,"
                + "\"accuracy\":{\"1\":0.75,\"2\":1.0},"
                + "\"cutovers\":[{\"partition\":3,\"offset\":4,\"from\":1,\"to\":2}],"
                + "\"latencyMs\":{\"p50\":60,\"p99\":120},\"startToFirstOutcomeMs\":7000}");
  }

  @Test
  void shouldBeGoodWhenAllHeldAndTheNewVersionServed() {
    Map<Long, Accuracy> both = Map.of(1L, new Accuracy(3, 4), 2L, new Accuracy(2, 2));

    assertThat(summary(0, both).isGood()).isTrue();
    assertThat(summary(0, both).text())
        .contains("6 in, 6 out: 0 lost, 0 duplicated, 0 out of order.");
    assertThat(summary(1, both).isGood()).isFalse();
    assertThat(summary(1, both).text()).contains("The demo failed.");
  }

  @Test
  void shouldSayThatTheNewVersionNeverServed() {
    Summary summary = summary(0, Map.of(1L, new Accuracy(3, 4)));

    assertThat(summary.isGood()).isFalse();
    assertThat(summary.text()).contains("WRONG: version 2 never served");
  }

  private static Summary summary(long lost, Map<Long, Accuracy> accuracy) {
    return new Summary(
        new Verdict(
            6,
            6,
            0,
            lost,
            0,
            0,
            new TreeMap<>(accuracy),
            List.of(new Cutover(3, 4, 1, 2)),
            List.of()),
        60,
        120,
        OptionalLong.of(7_000));
  }
}
