package io.penstock.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.batching.FakeModel;
import org.junit.jupiter.api.Test;

final class ServingVersionsTest {

  private final ServingVersions versions = new ServingVersions();

  @Test
  void shouldServeNothingBeforeTheFirstCutover() {
    ready(1);

    assertThat(versions.latest()).isEmpty();
    assertThatThrownBy(versions::current).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldServeWhatItWasCutOverToWithTheEpochOfThatDecision() {
    ready(1);
    ready(2);
    versions.cutOver(1, 5, null);
    versions.cutOver(2, 6, null);

    assertThat(versions.current().id().version()).isEqualTo(2);
    assertThat(versions.current().epoch()).isEqualTo(6);
    assertThat(versions.latest()).containsSame(versions.current());
  }

  @Test
  void shouldNotCutOverToWhatIsNotReady() {
    ready(1);
    versions.cutOver(1, 5, null);

    assertThatThrownBy(() -> versions.cutOver(2, 6, null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("version 2 is not ready");
    assertThat(versions.current().id().version()).isEqualTo(1);
  }

  @Test
  void shouldForgetTheVersionBefore() {
    ready(1);
    ready(2);
    versions.cutOver(1, 5, null);
    versions.cutOver(2, 6, null);

    assertThatThrownBy(() -> versions.cutOver(1, 7, null))
        .isInstanceOf(IllegalStateException.class);
    ready(1);
    assertThatCode(() -> versions.cutOver(1, 7, null)).doesNotThrowAnyException();
  }

  @Test
  void shouldKeepReadyWhatIsPreparedWhileAnotherIsCutOverTo() {
    ready(1);
    ready(2);
    ready(3);
    versions.cutOver(1, 5, null);
    versions.cutOver(2, 6, null);

    assertThatCode(() -> versions.cutOver(3, 7, null)).doesNotThrowAnyException();
  }

  /** An instance is behind: the fleet has gone on to 2, and is already on its way back to 1. */
  @Test
  void shouldKeepReadyWhatIsPreparedAgainWhileItIsLeft() {
    ready(1);
    ready(2);
    versions.cutOver(1, 5, null);
    ready(1);
    versions.cutOver(2, 6, null);

    assertThatCode(() -> versions.cutOver(1, 7, null)).doesNotThrowAnyException();
  }

  @Test
  void shouldTakeTheSameVersionAgainUnderALaterEpoch() {
    ready(1);
    versions.cutOver(1, 5, null);
    versions.cutOver(1, 8, null);

    assertThat(versions.current().epoch()).isEqualTo(8);
  }

  @Test
  void shouldForgetWhatIsNotWantedButNeverWhatServes() {
    ready(1);
    ready(2);
    versions.cutOver(1, 5, null);
    versions.forget(1);
    versions.forget(2);

    assertThat(versions.current().id().version()).isEqualTo(1);
    assertThatCode(() -> versions.cutOver(1, 6, null)).doesNotThrowAnyException();
    assertThatThrownBy(() -> versions.cutOver(2, 7, null))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldLeaveEarlierRecordsToTheVersionBeforeUntilItIsCutOverAgain() {
    ready(1);
    ready(2);
    versions.cutOver(1, 5, null);
    versions.cutOver(2, 6, new EarlierVersion(1, 5, 1_000));
    versions.forget(1);

    assertThat(versions.serving().at(999).id().version()).isEqualTo(1);
    assertThat(versions.serving().at(999).epoch()).isEqualTo(5);
    assertThat(versions.serving().at(1_000).id().version()).isEqualTo(2);
    assertThat(versions.bindings()).hasSize(2);
    versions.cutOver(2, 6, null);
    assertThat(versions.serving().at(999).id().version()).isEqualTo(2);
    assertThatThrownBy(() -> versions.cutOver(1, 7, null))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldNotCutOverWithoutTheVersionForEarlierRecords() {
    ready(2);
    ready(1);
    versions.cutOver(1, 5, null);

    assertThatThrownBy(() -> versions.cutOver(2, 6, new EarlierVersion(3, 4, 1_000)))
        .hasMessage("version 3 is not ready");
    assertThat(versions.serving().at(0).id().version()).isEqualTo(1);
  }

  @Test
  void shouldBeKnownForAsLongAsItIsSaid() {
    assertThat(versions.knownForNanos(7)).isEqualTo(Long.MAX_VALUE);
    versions.known(107);
    assertThat(versions.knownForNanos(7)).isEqualTo(100);
    assertThat(versions.knownForNanos(110)).isEqualTo(-3);
  }

  @Test
  void shouldNotBeKnownForLongerOnceTheFleetHasLeftTheVersion() {
    ready(1);
    ready(2);
    versions.cutOver(1, 5, null);
    versions.known(100);
    versions.leave();
    versions.known(200);
    versions.leave();

    assertThat(versions.knownForNanos(0)).isEqualTo(100);
    versions.cutOver(2, 6, null);
    assertThat(versions.knownForNanos(0)).isEqualTo(200);
  }

  private void ready(long version) {
    versions.ready(new FakeModel(version).binding());
  }
}
