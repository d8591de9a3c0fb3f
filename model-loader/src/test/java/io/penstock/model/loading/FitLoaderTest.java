package io.penstock.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.ModelException;
import io.penstock.model.ModelRunException;
import io.penstock.model.RetriableModelException;
import io.penstock.model.ServableId;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.lifecycle.FakeModel;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.memory.MemoryLimit;
import io.penstock.model.memory.NativeMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FitLoaderTest {

  private static final ServableId ID = new ServableId("digits", 2);

  private final NativeMemory memory =
      new NativeMemory(Optional.of(new MemoryLimit("inference.native-memory", 1500)));
  private FakeModel model = new FakeModel(ID);
  private boolean goldenChecksRequired;

  @TempDir private Path version;

  @BeforeEach
  void writeAModelOfThousandBytes() throws IOException {
    Files.write(version.resolve("saved_model.pb"), new byte[1000]);
  }

  @Test
  void shouldHoldMemoryUntilTheVersionIsClosed() {
    // when
    FitVersion loaded = load();

    // then
    assertThat(memory.bookedBytes()).isBetween(1000L, 2000L);
    assertThat(loaded.warmUp().runs()).isEqualTo(model.runs()).isPositive();
    assertThatThrownBy(this::load)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("digits/2 does not fit into native memory");

    // when
    loaded.close();

    // then
    assertThat(memory.bookedBytes()).isZero();
    assertThat(model.isClosed()).isTrue();
  }

  @Test
  void shouldThrowNothingWhenAVersionThatIsThrownAwayDoesNotClose() {
    // given
    Loaded loaded = new Loaded.Fit(load());
    model.close();

    // when it is closed a second time
    loaded.discard();

    // then
    assertThat(memory.bookedBytes()).isZero();
  }

  @Test
  void shouldLeaveNothingOfAVersionThatDoesNotWarmUp() {
    model = new FakeModel(ID, FakeModel.SIGNATURE, run -> new ModelRunException("no variables"));

    assertThatThrownBy(this::load).hasMessageContaining("no variables");

    assertThat(memory.bookedBytes()).isZero();
    assertThat(model.isClosed()).isTrue();
  }

  @Test
  void shouldLeaveNothingOfAVersionThatLacksItsGoldenChecks() {
    goldenChecksRequired = true;

    assertThatThrownBy(this::load).hasMessageContaining("digits/2 has no golden checks");

    assertThat(memory.bookedBytes()).isZero();
    assertThat(model.isClosed()).isTrue();
  }

  @Test
  void shouldAdmitNothingWhoseSizeCannotBeTold() {
    version = version.resolve("gone");

    assertThatThrownBy(this::load)
        .isInstanceOf(RetriableModelException.class)
        .hasMessageStartingWith("digits/2 is not loaded: the size of its files in ")
        .hasMessageContaining("NoSuchFileException");

    assertThat(memory.bookedBytes()).isZero();
    assertThat(model.runs()).isZero();
  }

  @Test
  void shouldTakeNoMemoryForWhatWasGivenUpOnWhileItsFilesWereRead() {
    Loaded outcome = loader().attempt(ID, version, () -> true);

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Loaded.Failed.class,
            failed ->
                assertThat(failed.reason())
                    .hasMessage(ID + " is not loaded any more: it was given up on before."));
    assertThat(memory.bookedBytes()).isZero();
    assertThat(model.runs()).isZero();
  }

  @Test
  void shouldWarmUpForWhatIsAskedWhenALoadBegins() {
    // given
    FitLoader loader = loader();
    loader.load(ID, version, () -> false).close();
    assertThat(model.sizes()).containsOnly(1, 4);
    model = new FakeModel(ID);

    // when
    loader.require(Fitness.of(Set.of(ModelSettings.DEFAULT_SIGNATURE), Set.of(2, 8)));

    // then
    loader.load(ID, version, () -> false).close();
    assertThat(model.sizes()).containsOnly(2, 8);
  }

  private FitVersion load() {
    return loader().load(ID, version, () -> false);
  }

  private FitLoader loader() {
    return new FitLoader(
        new Fitness(
            Set.of(ModelSettings.DEFAULT_SIGNATURE), Set.of(1, 4), goldenChecksRequired, true),
        new LoadTerms(new LoadSlots(1), memory, Optional.empty(), LoadTerms.DEFAULT_TIMEOUT),
        (id, directory, requiredSignatures) -> model);
  }
}
