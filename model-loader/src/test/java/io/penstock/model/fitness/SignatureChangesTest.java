package io.penstock.model.fitness;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SignatureChangesTest {

  private static final TensorSpec X = new TensorSpec("x", DType.FLOAT32, List.of(-1L, 2L));
  private static final TensorSpec Y = new TensorSpec("y", DType.FLOAT32, List.of(-1L));

  @Test
  void shouldFindNoneWhereNothingHasChanged() {
    assertThat(changes(signature(List.of(X), List.of(Y)), signature(List.of(X), List.of(Y))))
        .isEmpty();
  }

  @Test
  void shouldNameEachTensorThatIsNotAsItWas() {
    // given
    TensorSpec wider = new TensorSpec("x", DType.FLOAT32, List.of(-1L, 3L));
    TensorSpec other = new TensorSpec("z", DType.STRING, List.of(-1L));

    // when
    List<String> changes =
        changes(signature(List.of(X), List.of(Y)), signature(List.of(wider), List.of(other)));

    // then
    assertThat(changes)
        .containsExactly(
            "input x: float32[-1,3] was x: float32[-1,2]",
            "output y: float32[-1] is gone",
            "output z: string[-1] is new");
  }

  private static List<String> changes(ModelSignature before, ModelSignature after) {
    return SignatureChanges.between(before, after);
  }

  private static ModelSignature signature(List<TensorSpec> inputs, List<TensorSpec> outputs) {
    return new ModelSignature("serving_default", inputs, outputs);
  }
}
