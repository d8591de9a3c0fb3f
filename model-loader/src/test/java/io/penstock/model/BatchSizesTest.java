package io.penstock.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class BatchSizesTest {

  private static final BatchSizes LISTED = new BatchSizes(128, List.of(1, 8, 32, 128));

  @Test
  void shouldPadUpToTheNextAllowedSize() {
    assertThat(List.of(1, 2, 8, 9, 33, 128).stream().map(LISTED::padded))
        .containsExactly(1, 8, 8, 32, 128, 128);
  }

  @Test
  void shouldPadNothingWhereAnySizeIsAllowed() {
    assertThat(BatchSizes.upTo(128).padded(77)).isEqualTo(77);
  }

  @Test
  void shouldKnowTheSizesToWarmUp() {
    assertThat(BatchSizes.upTo(1).toWarmUp()).containsExactly(1);
    assertThat(BatchSizes.upTo(100).toWarmUp()).containsExactly(1, 2, 4, 8, 16, 32, 64, 100);
    assertThat(BatchSizes.upTo(4).toWarmUp()).containsExactly(1, 2, 4);
    assertThat(BatchSizes.upTo(Integer.MAX_VALUE).toWarmUp()).hasSize(32);
    assertThat(LISTED.toWarmUp()).containsExactly(1, 8, 32, 128);
  }

  @Test
  void shouldBeTheOneSizeOfASignatureThatLeavesNoChoice() {
    assertThat(LISTED.of(signature(16))).isEqualTo(new BatchSizes(16, List.of(16)));
    assertThat(LISTED.of(signature(-1))).isEqualTo(LISTED);
  }

  @Test
  void shouldSayWhatIsWrong() {
    assertThatThrownBy(() -> new BatchSizes(128, List.of(1, 8)))
        .hasMessage("allowed: [1, 8] (expected: ending with max: 128)");
    assertThatThrownBy(() -> new BatchSizes(8, List.of(8, 1, 8)))
        .hasMessage("allowed: [8, 1, 8] (expected: ascending from 1)");
  }

  private static ModelSignature signature(long batch) {
    TensorSpec spec = new TensorSpec("x", DType.FLOAT32, List.of(batch, 4L));
    return new ModelSignature("serving_default", List.of(spec), List.of(spec));
  }
}
