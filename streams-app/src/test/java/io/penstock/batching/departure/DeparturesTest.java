package io.penstock.batching.departure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class DeparturesTest {

  private static final long HOLD = 1_000;

  private final Departures departures = new Departures();
  private final Companion leader = withRow();
  private final Companion other = withRow();

  @Test
  void shouldCallToDeparturesOfSeveralKindsAtOnce() {
    Departure ofOne = depart(leader, "one", 0);
    Departure ofOther = depart(leader, "other", 1);

    assertThat(other.calledTo()).containsExactly(ofOne, ofOther);
    assertThat(other.calledTo()).isEmpty();
    for (Departure departure : new Departure[] {ofOne, ofOther}) {
      assertThat(departure.isWaiting(2)).isTrue();
      departure.arrived(leader);
      assertThat(departure.arrived(other)).isTrue();
      assertThat(departure.isWaiting(2)).isFalse();
    }
  }

  @Test
  void shouldFollowTheCallThatCameJustBeforeTheOwnFirst() {
    Departure first = depart(leader, "one", 0);

    assertThat(other.depart("one", 10, 0, HOLD)).isNull();

    assertThat(other.calledTo()).containsExactly(first);
    assertThat(depart(other, "one", 0)).isNotSameAs(first);
  }

  @Test
  void shouldForgetThoseThatHaveLeft() {
    Departure last = depart(leader, "one", 0);
    for (long now = HOLD; now < 100 * HOLD; now += HOLD) {
      last = depart(leader, "one", now);
    }
    assertThat(other.calledTo()).containsExactly(last);
  }

  /** Each is called while the one before it waits. */
  @Test
  void shouldNotCallToMoreThanAreWaitedFor() {
    for (long now = 0; now < 100 * HOLD; now += HOLD / 2) {
      depart(leader, "one", now);
    }
    assertThat(other.calledTo()).hasSizeBetween(1, 4);
  }

  private Companion withRow() {
    Companion companion = departures.companion(0);
    companion.took(0);
    return companion;
  }

  private static Departure depart(Companion leader, Object kind, long now) {
    return Objects.requireNonNull(leader.depart(kind, 10, now, HOLD));
  }
}
