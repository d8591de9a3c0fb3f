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

    assertThat(versions.serving()).isEmpty();
    assertThatThrownBy(versions::current).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldServeWhatItWasCutOverToWithTheEpochOfThatDecision() {
    ready(1);
    ready(2);
    versions.cutOver(1, 5);
    versions.cutOver(2, 6);

    assertThat(versions.current().id().version()).isEqualTo(2);
    assertThat(versions.current().epoch()).isEqualTo(6);
    assertThat(versions.serving()).containsSame(versions.current());
  }

  @Test
  void shouldNotCutOverToWhatIsNotReady() {
    ready(1);
    versions.cutOver(1, 5);

    assertThatThrownBy(() -> versions.cutOver(2, 6))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("version 2 is not ready");
    assertThat(versions.current().id().version()).isEqualTo(1);
  }

  @Test
  void shouldForgetTheVersionBefore() {
    ready(1);
    ready(2);
    versions.cutOver(1, 5);
    versions.cutOver(2, 6);

    assertThatThrownBy(() -> versions.cutOver(1, 7)).isInstanceOf(IllegalStateException.class);
    ready(1);
    assertThatCode(() -> versions.cutOver(1, 7)).doesNotThrowAnyException();
  }

  @Test
  void shouldKeepReadyWhatIsPreparedWhileAnotherIsCutOverTo() {
    ready(1);
    ready(2);
    ready(3);
    versions.cutOver(1, 5);
    versions.cutOver(2, 6);

    assertThatCode(() -> versions.cutOver(3, 7)).doesNotThrowAnyException();
  }

  @Test
  void shouldTakeTheSameVersionAgainUnderALaterEpoch() {
    ready(1);
    versions.cutOver(1, 5);
    versions.cutOver(1, 8);

    assertThat(versions.current().epoch()).isEqualTo(8);
  }

  @Test
  void shouldForgetWhatIsNotWantedButNeverWhatServes() {
    ready(1);
    ready(2);
    versions.cutOver(1, 5);
    versions.forget(1);
    versions.forget(2);

    assertThat(versions.current().id().version()).isEqualTo(1);
    assertThatCode(() -> versions.cutOver(1, 6)).doesNotThrowAnyException();
    assertThatThrownBy(() -> versions.cutOver(2, 7)).isInstanceOf(IllegalStateException.class);
  }

  private void ready(long version) {
    versions.ready(new FakeModel(version).binding());
  }
}
