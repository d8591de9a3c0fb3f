package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.ModelRunException.Blame;
import org.junit.jupiter.api.Test;
import org.tensorflow.exceptions.TFFailedPreconditionException;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TensorFlowException;

final class SavedModelVersionTest {

  @Test
  void shouldBlameWhoHasToActByTensorFlowsStatus() {
    assertThat(SavedModelVersion.blame(new TFInvalidArgumentException("indices[0] = 7")))
        .isEqualTo(Blame.INPUT);
    assertThat(SavedModelVersion.blame(new TFResourceExhaustedException("OOM when allocating")))
        .isEqualTo(Blame.MEMORY);
    assertThat(SavedModelVersion.blame(new TFFailedPreconditionException("no such variable")))
        .isEqualTo(Blame.MODEL);
    assertThat(SavedModelVersion.blame(new TensorFlowException("Data loss")))
        .isEqualTo(Blame.MODEL);
  }
}
