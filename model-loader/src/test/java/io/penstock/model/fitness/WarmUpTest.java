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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
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
    WarmUp.run(model, fitness(Set.of(1, 128)), RecordedRequests.NONE, Map.of());

    // then
    assertThat(model.runs()).isGreaterThanOrEqualTo(2 * 5);
  }

  @Test
  void shouldRunEverySizeThatWillBeRun() {
    // given
    FakeModel model = new FakeModel(ID);

    // when
    WarmUp.run(model, fitness(Set.of(8, 32, 128)), RecordedRequests.NONE, Map.of());

    // then
    assertThat(model.sizes()).containsExactlyInAnyOrder(8, 32, 128);
  }

  @Test
  void shouldRunASignatureOfAFixedSizeAtNoOther() {
    // given
    FakeModel model = new FakeModel(ID, FakeModel.signature(List.of(16L, 2L)), run -> null);

    // when
    WarmUp.run(model, fitness(Set.of(1, 128)), RecordedRequests.NONE, Map.of());

    // then
    assertThat(model.sizes()).containsExactly(16);
  }

  @Test
  void shouldTryTwoLengthsOfOpenDimensions() {
    // given
    FakeModel fixed = new FakeModel(ID);
    FakeModel open = new FakeModel(ID, FakeModel.signature(List.of(-1L, -1L)), run -> null);

    // when
    WarmUp.run(fixed, fitness(Set.of(1, 4)), RecordedRequests.NONE, Map.of());
    WarmUp.run(open, fitness(Set.of(1, 4)), RecordedRequests.NONE, Map.of());

    // then
    assertThat(open.runs()).isEqualTo(2 * fixed.runs());
  }

  @Test
  void shouldFailWhenVariablesAreMissing() {
    // given
    ModelRunException failure = new ModelRunException("Could not find variable dense/kernel");
    FakeModel model = new FakeModel(ID, FakeModel.SIGNATURE, run -> failure);

    // when, then
    assertThatThrownBy(
            () -> WarmUp.run(model, fitness(Set.of(1, 4)), RecordedRequests.NONE, Map.of()))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "digits/2 loaded, but its first runs failed: Could not find variable dense/kernel. Copy it again if variables are missing, or export it again.");
  }

  @Test
  void shouldForgiveAModelThatRefusesSomeInventedData() {
    FakeModel model = new FakeModel(ID, FakeModel.SIGNATURE, run -> run % 2 == 0 ? rejected : null);

    assertThatCode(() -> WarmUp.run(model, fitness(Set.of(1, 4)), RecordedRequests.NONE, Map.of()))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldForgiveAModelOfOpenLengthsThatRefusesAll() {
    FakeModel model = new FakeModel(ID, FakeModel.signature(List.of(-1L, -1L)), run -> rejected);

    assertThatCode(() -> WarmUp.run(model, fitness(Set.of(1, 4)), RecordedRequests.NONE, Map.of()))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldFailWhenPlainNumbersAreAlwaysRefused() {
    FakeModel model = new FakeModel(ID, FakeModel.SIGNATURE, run -> rejected);

    assertThatThrownBy(
            () -> WarmUp.run(model, fitness(Set.of(1, 4)), RecordedRequests.NONE, Map.of()))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "digits/2 loaded, but refused every batch of its warm-up: negative output size");
  }

  @Test
  void shouldFailWhenASignatureIsNotThere() {
    assertThatThrownBy(
            () ->
                WarmUp.run(
                    new FakeModel(ID),
                    Fitness.of(Set.of("classify"), Set.of(1, 4)),
                    RecordedRequests.NONE,
                    Map.of()))
        .hasMessage("digits/2 has no signature classify (expected: one of [serving_default])");
  }

  @Test
  void shouldRunRecordedRequestsAsTheyAreAndThenAtTheSizesThatWillBeRun() {
    // given
    FakeModel model = new FakeModel(ID);

    // when
    WarmUpReport report =
        WarmUp.run(
            model, fitness(Set.of(1, 16)), recorded(request(3, 1f), request(5, 2f)), Map.of());

    // then
    assertThat(model.sizes()).containsExactlyInAnyOrder(3, 5, 1, 16);
    assertThat(report.recorded()).isEqualTo(2);
    assertThat(report.runs()).isEqualTo(model.runs()).isEqualTo(2 + 2 * WarmUp.RUNS);
    assertThat(report.total()).isGreaterThanOrEqualTo(report.first());
  }

  @Test
  void shouldRunGoldenInputsWhereNothingWasRecorded() {
    // given a model that refuses what was invented, as one does that decodes images
    FakeModel model =
        computing(
            input -> {
              if (input != 3f) {
                throw new IllegalStateException("invented");
              }
              return input;
            });
    Map<String, RecordedRequest> golden =
        Map.of(ModelSettings.DEFAULT_SIGNATURE, request(1, 3f), "another", request(1, 4f));

    // when
    WarmUpReport report = WarmUp.run(model, fitness(Set.of(1, 16)), RecordedRequests.NONE, golden);

    // then
    assertThat(model.sizes()).containsExactlyInAnyOrder(1, 16);
    assertThat(report.golden()).isEqualTo(report.runs()).isEqualTo(2 * WarmUp.RUNS);
    assertThat(report.toString()).startsWith("12 runs, 0 of them recorded, 12 of golden inputs, ");

    // when there are recorded requests
    WarmUpReport recorded =
        WarmUp.run(model, fitness(Set.of(1, 16)), recorded(request(5, 3f)), golden);

    // then
    assertThat(recorded.golden()).isZero();
    assertThat(model.sizes()).contains(5);
  }

  @Test
  void shouldSayHowLongTheFirstAndTheLastRunOfEachSizeTook() {
    // given a clock on which every look takes a millisecond
    AtomicLong nanos = new AtomicLong();
    TimedRuns runs = new TimedRuns(new FakeModel(ID), () -> nanos.addAndGet(1_000_000), rest -> {});

    // when
    WarmUpReport report =
        WarmUp.run(runs, fitness(Set.of(1, 2, 8)), RecordedRequests.NONE, Map.of());

    // then the extremes first
    assertThat(report.sizes()).extracting(WarmUpReport.Size::rows).containsExactly(1, 8, 2);
    assertThat(report.runs()).isEqualTo(3 * WarmUp.RUNS);
    assertThat(report.toString())
        .startsWith("18 runs, all synthetic, in 0.0 s: the first took 1.0 ms; ")
        .endsWith(
            "the first and last by rows of serving_default: 1: 1.0 and 1.0 ms, 2: 1.0 and 1.0 ms, 8: 1.0 and 1.0 ms");
  }

  @Test
  void shouldLeaveSizesOutWhenItTakesTooLong() {
    // given a model that takes ten seconds for a run
    FakeModel model = new FakeModel(ID);
    AtomicLong nanos = new AtomicLong();
    TimedRuns runs = new TimedRuns(model, () -> nanos.addAndGet(10_000_000_000L), rest -> {});

    // when
    var unused = WarmUp.run(runs, fitness(Set.of(1, 2, 4, 8)), RecordedRequests.NONE, Map.of());

    // then
    assertThat(model.sizes()).containsExactlyInAnyOrder(1, 8);
  }

  @Test
  void shouldFailAtARecordedRequestThatFails() {
    FakeModel model = new FakeModel(ID, FakeModel.SIGNATURE, run -> run == 1 ? rejected : null);

    assertThatThrownBy(
            () ->
                WarmUp.run(
                    model, fitness(Set.of(1)), recorded(request(3, 1f), request(3, 2f)), Map.of()))
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
                    fitness(Set.of(1)),
                    recorded(request(2, Float.POSITIVE_INFINITY)),
                    Map.of()))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(
            "digits/2 computes infinities or NaN for recorded warm-up request 1: output y: float32[-1,2], row 0, element 0. ");
  }

  @Test
  void shouldFailWhenAnOutputIsNeverFinite() {
    // given
    FakeModel model = computing(input -> Float.NaN);

    // when, then
    assertThatThrownBy(
            () -> WarmUp.run(model, fitness(Set.of(1, 4)), RecordedRequests.NONE, Map.of()))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "digits/2 computes infinities or NaN for every synthetic batch of its warm-up: signature serving_default, output y: float32[-1,2], row 0, element 0. Train it again; or record warm-up requests with it if real inputs give numbers; or set fitness.finite-outputs: optional if it is meant to.");
  }

  @Test
  void shouldForgiveAnOutputThatIsFiniteForSomeInventedData() {
    // given what has no value at zero
    FakeModel model = computing(input -> (float) Math.log(input));

    // when, then
    assertThatCode(() -> WarmUp.run(model, fitness(Set.of(1, 4)), RecordedRequests.NONE, Map.of()))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldLeaveInfinitiesAloneThatAreMeant() {
    // given
    FakeModel model = computing(input -> Float.NEGATIVE_INFINITY);
    Fitness lenient = new Fitness(SIGNATURES, Set.of(1, 4), false, false);

    // when, then
    assertThatCode(() -> WarmUp.run(model, lenient, RecordedRequests.NONE, Map.of()))
        .doesNotThrowAnyException();
    assertThatCode(() -> WarmUp.run(model, lenient, recorded(request(2, 1f)), Map.of()))
        .doesNotThrowAnyException();
  }

  private static RecordedRequests recorded(RecordedRequest... requests) {
    return (signatures, consumer) -> {
      List.of(requests).forEach(consumer);
      return Collections.emptySortedMap();
    };
  }

  private static Fitness fitness(Set<Integer> sizes) {
    return Fitness.of(SIGNATURES, sizes);
  }

  private static FakeModel computing(UnaryOperator<Float> function) {
    return new FakeModel(ID, FakeModel.SIGNATURE, run -> null, function);
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
