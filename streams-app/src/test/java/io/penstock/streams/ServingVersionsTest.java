package io.penstock.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.batching.FakeModel;
import io.penstock.pipeline.Stragglers;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServingVersionsTest {

  private final ServingVersions versions = new ServingVersions(false);

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
    versions.cutOver(ActiveVersions.all(1, 5));
    versions.cutOver(ActiveVersions.all(2, 6));

    assertThat(versions.current().id().version()).isEqualTo(2);
    assertThat(versions.current().epoch()).isEqualTo(6);
    assertThat(versions.latest()).containsSame(versions.current());
  }

  @Test
  void shouldNotCutOverToWhatIsNotReady() {
    ready(1);
    versions.cutOver(ActiveVersions.all(1, 5));

    assertThatThrownBy(() -> versions.cutOver(ActiveVersions.all(2, 6)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("version 2 is not ready");
    assertThat(versions.current().id().version()).isEqualTo(1);
  }

  @Test
  void shouldForgetTheVersionBefore() {
    ready(1);
    ready(2);
    versions.cutOver(ActiveVersions.all(1, 5));
    versions.cutOver(ActiveVersions.all(2, 6));

    assertThatThrownBy(() -> versions.cutOver(ActiveVersions.all(1, 7)))
        .isInstanceOf(IllegalStateException.class);
    ready(1);
    assertThatCode(() -> versions.cutOver(ActiveVersions.all(1, 7))).doesNotThrowAnyException();
  }

  @Test
  void shouldKeepReadyWhatIsPreparedWhileAnotherIsCutOverTo() {
    ready(1);
    ready(2);
    ready(3);
    versions.cutOver(ActiveVersions.all(1, 5));
    versions.cutOver(ActiveVersions.all(2, 6));

    assertThatCode(() -> versions.cutOver(ActiveVersions.all(3, 7))).doesNotThrowAnyException();
  }

  /** An instance is behind: the fleet has gone on to 2, and is already on its way back to 1. */
  @Test
  void shouldKeepReadyWhatIsPreparedAgainWhileItIsLeft() {
    ready(1);
    ready(2);
    versions.cutOver(ActiveVersions.all(1, 5));
    ready(1);
    versions.cutOver(ActiveVersions.all(2, 6));

    assertThatCode(() -> versions.cutOver(ActiveVersions.all(1, 7))).doesNotThrowAnyException();
  }

  @Test
  void shouldTakeTheSameVersionAgainUnderALaterEpoch() {
    ready(1);
    versions.cutOver(ActiveVersions.all(1, 5));
    versions.cutOver(ActiveVersions.all(1, 8));

    assertThat(versions.current().epoch()).isEqualTo(8);
  }

  @Test
  void shouldForgetWhatIsNotWantedButNeverWhatServes() {
    ready(1);
    ready(2);
    versions.cutOver(ActiveVersions.all(1, 5));
    versions.forget(1);
    versions.forget(2);

    assertThat(versions.current().id().version()).isEqualTo(1);
    assertThatCode(() -> versions.cutOver(ActiveVersions.all(1, 6))).doesNotThrowAnyException();
    assertThatThrownBy(() -> versions.cutOver(ActiveVersions.all(2, 7)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldLeaveEarlierRecordsToTheVersionBeforeUntilItIsCutOverAgain() {
    ready(1);
    ready(2);
    versions.cutOver(ActiveVersions.all(1, 5));
    versions.cutOver(new ActiveVersions(2, 6, new EarlierVersion(1, 5, 1_000), Long.MIN_VALUE));
    versions.forget(1);

    assertThat(versions.serving().at(999).id().version()).isEqualTo(1);
    assertThat(versions.serving().at(999).epoch()).isEqualTo(5);
    assertThat(versions.serving().at(1_000).id().version()).isEqualTo(2);
    assertThat(versions.bindings()).hasSize(2);
    versions.cutOver(ActiveVersions.all(2, 6));
    assertThat(versions.serving().at(999).id().version()).isEqualTo(2);
    assertThatThrownBy(() -> versions.cutOver(ActiveVersions.all(1, 7)))
        .isInstanceOf(IllegalStateException.class);
  }

  /** Version 2 is retired: it has served what version 3 left to it, and version 1 before that. */
  @Test
  void shouldRefuseRecordsWhoseVersionServesNoMoreWhereThatIsAskedFor() {
    ServingVersions refusing = new ServingVersions(true);
    ServingVersions taking = new ServingVersions(false);
    for (ServingVersions each : List.of(refusing, taking)) {
      each.ready(new FakeModel(2).binding());
      each.ready(new FakeModel(3).binding());
      each.cutOver(new ActiveVersions(3, 6, new EarlierVersion(2, 5, 2_000), 1_000));
    }

    assertThat(refusing.serving().stragglers()).isEqualTo(new Stragglers(1_000, true));
    assertThat(taking.serving().stragglers()).isEqualTo(new Stragglers(1_000, false));
    assertThat(taking.serving().at(999).id().version()).isEqualTo(2);
    refusing.cutOver(new ActiveVersions(3, 6, null, 2_000));
    assertThat(refusing.serving().stragglers()).isEqualTo(new Stragglers(2_000, true));
  }

  @Test
  void shouldNotCutOverWithoutTheVersionForEarlierRecords() {
    ready(2);
    ready(1);
    versions.cutOver(ActiveVersions.all(1, 5));

    assertThatThrownBy(
            () ->
                versions.cutOver(
                    new ActiveVersions(2, 6, new EarlierVersion(3, 4, 1_000), Long.MIN_VALUE)))
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
    versions.cutOver(ActiveVersions.all(1, 5));
    versions.known(100);
    versions.leave();
    versions.known(200);
    versions.leave();

    assertThat(versions.knownForNanos(0)).isEqualTo(100);
    versions.cutOver(ActiveVersions.all(2, 6));
    assertThat(versions.knownForNanos(0)).isEqualTo(200);
  }

  private void ready(long version) {
    versions.ready(new FakeModel(version).binding());
  }
}
