package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.ModelException;
import io.penstock.model.RetriableModelException;
import io.penstock.model.ServableId;
import io.penstock.model.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.exceptions.TFFailedPreconditionException;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;

final class LoadFailureTest {

  private static final Path WHOLE = TestModels.examples().resolve("digits/1");

  @TempDir private Path broken;

  @Test
  void shouldLetPassWhatIsNotPlainlyTheVersionsFault() {
    assertThat(explain(WHOLE, new TensorFlowException("shard; Input/output error")))
        .isInstanceOf(RetriableModelException.class)
        .hasMessageContaining("Input/output error. Check that the copy is complete");
    assertThat(explain(WHOLE, new TFResourceExhaustedException("no room")))
        .isInstanceOf(RetriableModelException.class);
  }

  @Test
  void shouldNotTryAgainWhatTheVersionIsToBlameFor() throws Exception {
    assertFinal(explain(WHOLE, new TFInvalidArgumentException("signature")));
    assertFinal(explain(WHOLE, new TFUnimplementedException("op")));
    assertFinal(explain(WHOLE, new TFFailedPreconditionException("table")));

    // when its graph says why, whatever TensorFlow calls it
    Files.writeString(broken.resolve("saved_model.pb"), "garbage");

    // then
    assertFinal(explain(broken, new TensorFlowException("Data loss")));
  }

  private static ModelException explain(Path directory, RuntimeException cause) {
    return LoadFailure.explain(new ServableId("digits", 1), directory, cause);
  }

  private static void assertFinal(ModelException failure) {
    assertThat(failure).isNotInstanceOf(RetriableModelException.class);
  }
}
