package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StalenessTest {

  private final List<String> told = new ArrayList<>();
  private Duration elapsed = Duration.ZERO;
  private Duration knownUntil = Duration.ZERO;
  private final Staleness staleness =
      new Staleness(Duration.ofSeconds(10), () -> elapsed.toNanos(), new Recording());

  /** The brokers take every report at once, but in tests about that. */
  @BeforeEach
  void reportsAreTaken() {
    heard(3_600_000);
  }

  @Test
  void shouldSayOnceAndBeforeTheBoundThatTheDecisionsAreNotKnown() {
    check(8_999);
    assertThat(told).isEmpty();
    check(9_000);
    check(9_500);

    assertThat(told)
        .containsExactly(
            "the end of the decisions has not been confirmed for 9000 ms (control.max-staleness:"
                + " 10000 ms)");
  }

  @Test
  void shouldCountFromWhenTheEndWasAskedForAndNotFromTheAnswer() {
    elapsed = Duration.ofSeconds(5);
    staleness.confirmed(Duration.ofSeconds(2).toNanos());
    check(10_999);
    assertThat(told).isEmpty();
    check(11_000);

    assertThat(told).hasSize(1);
  }

  @Test
  void shouldSayThatTheyAreKnownAgainButNotForWhatIsTooOld() {
    check(20_000);
    staleness.confirmed(Duration.ofSeconds(11).toNanos());
    assertThat(told).hasSize(1);
    staleness.confirmed(Duration.ofSeconds(19).toNanos());

    assertThat(told).hasSize(2).endsWith("current");
  }

  @Test
  void shouldNotGoBackToAnEarlierConfirmation() {
    elapsed = Duration.ofSeconds(8);
    staleness.confirmed(Duration.ofSeconds(8).toNanos());
    staleness.confirmed(Duration.ofSeconds(3).toNanos());
    check(16_999);

    assertThat(told).isEmpty();
  }

  @Test
  void shouldSayUntilWhenTheyAreKnownWheneverTheyAreConfirmed() {
    staleness.begin();
    assertThat(knownUntil).hasSeconds(10);
    staleness.confirmed(Duration.ofSeconds(3).toNanos());
    assertThat(knownUntil).hasSeconds(13);
    staleness.confirmed(Duration.ofSeconds(2).toNanos());

    assertThat(knownUntil).hasSeconds(13);
  }

  /** A broker that was replaced without knowing it goes on to name an end. */
  @Test
  void shouldNotTrustABrokerThatGetsNothingReplicated() {
    Staleness alone =
        new Staleness(Duration.ofSeconds(10), () -> elapsed.toNanos(), new Recording());
    elapsed = Duration.ofSeconds(2);
    alone.heard(Duration.ofSeconds(1).toNanos());
    elapsed = Duration.ofSeconds(8);
    alone.confirmed(elapsed.toNanos());
    assertThat(knownUntil).hasSeconds(11);
    elapsed = Duration.ofSeconds(10);
    alone.confirmed(elapsed.toNanos());
    alone.check();

    assertThat(told)
        .containsExactly(
            "no report of this instance has been taken by the in-sync replicas for 9000 ms"
                + " (control.max-staleness: 10000 ms)");
    elapsed = Duration.ofSeconds(12);
    alone.heard(Duration.ofSeconds(11).toNanos());
    alone.confirmed(Duration.ofSeconds(11).toNanos());
    assertThat(told).as("that end was asked for before").hasSize(1);
    alone.confirmed(elapsed.toNanos());
    assertThat(told).endsWith("current");
  }

  private void heard(long millis) {
    staleness.heard(Duration.ofMillis(millis).toNanos());
  }

  private void check(long millis) {
    elapsed = Duration.ofMillis(millis);
    staleness.check();
  }

  private final class Recording implements Staleness.Listener {

    @Override
    public void stale(String reason) {
      told.add(reason);
    }

    @Override
    public void current() {
      told.add("current");
    }

    @Override
    public void known(long untilNanos) {
      knownUntil = Duration.ofNanos(untilNanos);
    }
  }
}
