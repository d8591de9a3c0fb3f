package io.penstock.model.fitness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.ModelException;
import io.penstock.model.ModelRunException;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.lifecycle.FakeModel;
import io.penstock.model.lifecycle.ModelSettings;
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
    WarmUp.run(model, SIGNATURES, Set.of(1, 128), RecordedRequests.NONE);

    // then
    assertThat(model.runs()).isGreaterThanOrEqualTo(2 * 5);
  }

  @Test
  void shouldRunEverySizeThatWillBeRun() {
    // given
    FakeModel model = new FakeModel(ID);

    // when
    WarmUp.run(model, SIGNATURES, Set.of(8, 32, 128), RecordedRequests.NONE);

    // then
    assertThat(model.sizes()).containsExactlyInAnyOrder(8, 32, 128);
  }

  @Test
  void shouldRunASignatureOfAFixedSizeAtNoOther() {
    // given
    FakeModel model = new FakeModel(ID, FakeModel.signature(List.of(16L, 2L)), run -> null);

    // when
    WarmUp.run(model, SIGNATURES, Set.of(1, 128), RecordedRequests.NONE);

    // then
    assertThat(model.sizes()).containsExactly(16);
  }

  @Test
  void shouldTryTwoLengthsOfOpenDimensions() {
    // given
    FakeModel fixed = new FakeModel(ID);
    FakeModel open = new FakeModel(ID, FakeModel.signature(List.of(-1L, -1L)), run -> null);

    // when
    WarmUp.run(fixed, SIGNATURES, Set.of(1, 4), RecordedRequests.NONE);
    WarmUp.run(open, SIGNATURES, Set.of(1, 4), RecordedRequests.NONE);

    // then
    assertThat(open.runs()).isEqualTo(2 * fixed.runs());
  }

  @Test
  void shouldFailWhenVariablesAreMissing() {
    // given
    ModelRunException failure = new ModelRunException("Could not find variable dense/kernel");
    FakeModel model = new FakeModel(ID, FakeModel.SIGNATURE, run -> failure);

    // when, then
    assertThatThrownBy(() -> WarmUp.run(model, SIGNATURES, Set.of(1, 4), RecordedRequests.NONE))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "digits/2 loaded, but its first runs failed: Could not find variable dense/kernel. Copy it again if variables are missing, or export it again.");
  }

  @Test
  void shouldForgiveAModelThatRefusesSomeInventedData() {
    FakeModel model = new FakeModel(ID, FakeModel.SIGNATURE, run -> run % 2 == 0 ? rejected : null);

    assertThatCode(() -> WarmUp.run(model, SIGNATURES, Set.of(1, 4), RecordedRequests.NONE))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldForgiveAModelOfOpenLengthsThatRefusesAll() {
    FakeModel model = new FakeModel(ID, FakeModel.signature(List.of(-1L, -1L)), run -> rejected);

    assertThatCode(() -> WarmUp.run(model, SIGNATURES, Set.of(1, 4), RecordedRequests.NONE))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldFailWhenPlainNumbersAreAlwaysRefused() {
    FakeModel model = new FakeModel(ID, FakeModel.SIGNATURE, run -> rejected);

    assertThatThrownBy(() -> WarmUp.run(model, SIGNATURES, Set.of(1, 4), RecordedRequests.NONE))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "digits/2 loaded, but refused every batch of its warm-up: negative output size");
  }

  @Test
  void shouldFailWhenASignatureIsNotThere() {
    assertThatThrownBy(
            () ->
                WarmUp.run(
                    new FakeModel(ID), Set.of("classify"), Set.of(1, 4), RecordedRequests.NONE))
        .hasMessage("digits/2 has no signature classify (expected: one of [serving_default])");
  }

  @Test
  void shouldRunRecordedRequestsAsTheyAreAndThenAtTheSizesThatWillBeRun() {
    // given
    FakeModel model = new FakeModel(ID);

    // when
    WarmUpReport report =
        WarmUp.run(
            model,
            SIGNATURES,
            Set.of(1, 16),
            consumer -> {
              consumer.accept(request(3, 1f));
              consumer.accept(request(5, 2f));
            });

    // then
    assertThat(model.sizes()).containsExactlyInAnyOrder(3, 5, 1, 16);
    assertThat(report.recorded()).isEqualTo(2);
    assertThat(report.runs()).isEqualTo(model.runs()).isEqualTo(2 + 2 * WarmUp.RUNS);
    assertThat(report.total()).isGreaterThanOrEqualTo(report.first());
  }

  @Test
  void shouldFailAtARecordedRequestThatFails() {
    FakeModel model = new FakeModel(ID, FakeModel.SIGNATURE, run -> run == 1 ? rejected : null);

    assertThatThrownBy(
            () ->
                WarmUp.run(
                    model,
                    SIGNATURES,
                    Set.of(1),
                    consumer -> {
                      consumer.accept(request(3, 1f));
                      consumer.accept(request(3, 2f));
                    }))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "digits/2 failed at recorded warm-up request 2: negative output size. Mend the version, or what was recorded.");
  }

  @Test
  void shouldFailWhenARecordedRequestGivesInfinities() {
    assertThatThrownBy(
            () ->
                WarmUp.run(
                    new FakeModel(ID),
                    SIGNATURES,
                    Set.of(1),
                    consumer -> consumer.accept(request(2, Float.POSITIVE_INFINITY))))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(
            "digits/2 computes infinities or NaN for recorded warm-up request 1: output y: float32[-1,2]");
  }

  private static RecordedRequest request(int rows, float value) {
    Rows inputs = Rows.of(FakeModel.SIGNATURE.inputs(), rows);
    NumericColumn x = (NumericColumn) inputs.column(0);
    for (int i = 0; i < rows * 2; i++) {
      x.putFloat(i * Float.BYTES, value);
    }
    return new RecordedRequest(FakeModel.SIGNATURE, inputs, rows);
  }
}
