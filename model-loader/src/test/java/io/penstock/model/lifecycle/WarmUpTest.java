package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.ModelException;
import io.penstock.model.ModelRunException;
import io.penstock.model.ServableId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WarmUpTest {

  private static final ServableId ID = new ServableId("digits", 2);
  private static final Set<String> SIGNATURES = Set.of(ModelSettings.DEFAULT_SIGNATURE);
  private final ModelRunException rejected =
      new ModelRunException(
          "negative output size", new IllegalArgumentException(), ModelRunException.Blame.INPUT);

  @Test
  void shouldRunSmallestAndLargestBatchOftenEnough() {
    // given
    FakeModel model = new FakeModel(ID);

    // when
    WarmUp.run(model, SIGNATURES, Set.of(1, 128));

    // then
    assertThat(model.runs()).isGreaterThanOrEqualTo(2 * 5);
  }

  @Test
  void shouldRunEverySizeThatWillBeRun() {
    // given
    FakeModel model = new FakeModel(ID);

    // when
    WarmUp.run(model, SIGNATURES, Set.of(8, 32, 128));

    // then
    assertThat(model.sizes()).containsExactlyInAnyOrder(8, 32, 128);
  }

  @Test
  void shouldRunASignatureOfAFixedSizeAtNoOther() {
    // given
    FakeModel model = new FakeModel(ID, FakeModel.signature(List.of(16L, 2L)), run -> null);

    // when
    WarmUp.run(model, SIGNATURES, Set.of(1, 128));

    // then
    assertThat(model.sizes()).containsExactly(16);
  }

  @Test
  void shouldTryTwoLengthsOfOpenDimensions() {
    // given
    FakeModel fixed = new FakeModel(ID);
    FakeModel open = new FakeModel(ID, FakeModel.signature(List.of(-1L, -1L)), run -> null);

    // when
    WarmUp.run(fixed, SIGNATURES, Set.of(1, 4));
    WarmUp.run(open, SIGNATURES, Set.of(1, 4));

    // then
    assertThat(open.runs()).isEqualTo(2 * fixed.runs());
  }

  @Test
  void shouldFailWhenVariablesAreMissing() {
    // given
    ModelRunException failure = new ModelRunException("Could not find variable dense/kernel");
    FakeModel model = new FakeModel(ID, FakeModel.SIGNATURE, run -> failure);

    // when, then
    assertThatThrownBy(() -> WarmUp.run(model, SIGNATURES, Set.of(1, 4)))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "digits/2 loaded, but its first runs failed: Could not find variable dense/kernel. Copy it again if variables are missing, or export it again.");
  }

  @Test
  void shouldForgiveAModelThatRefusesSomeInventedData() {
    FakeModel model = new FakeModel(ID, FakeModel.SIGNATURE, run -> run % 2 == 0 ? rejected : null);

    assertThatCode(() -> WarmUp.run(model, SIGNATURES, Set.of(1, 4))).doesNotThrowAnyException();
  }

  @Test
  void shouldForgiveAModelOfOpenLengthsThatRefusesAll() {
    FakeModel model = new FakeModel(ID, FakeModel.signature(List.of(-1L, -1L)), run -> rejected);

    assertThatCode(() -> WarmUp.run(model, SIGNATURES, Set.of(1, 4))).doesNotThrowAnyException();
  }

  @Test
  void shouldFailWhenPlainNumbersAreAlwaysRefused() {
    FakeModel model = new FakeModel(ID, FakeModel.SIGNATURE, run -> rejected);

    assertThatThrownBy(() -> WarmUp.run(model, SIGNATURES, Set.of(1, 4)))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "digits/2 loaded, but refused every batch of its warm-up: negative output size");
  }

  @Test
  void shouldFailWhenASignatureIsNotThere() {
    assertThatThrownBy(() -> WarmUp.run(new FakeModel(ID), Set.of("classify"), Set.of(1, 4)))
        .hasMessage("digits/2 has no signature classify (expected: one of [serving_default])");
  }
}
