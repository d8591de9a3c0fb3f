package io.penstock.model.fitness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.lifecycle.FakeModel;
import io.penstock.model.lifecycle.ModelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a model that computes y = x. */
final class GoldenChecksTest {

  private static final ServableId ID = new ServableId("digits", 2);

  @TempDir private Path version;

  @Test
  void shouldPassWhatComputesWhatIsExpected() throws IOException {
    assertThat(
            check(
                """
                {"inputs": {"x": [1, 2]}, "outputs": {"y": [1, 2]}}

                {"inputs": [0.5, 1e6], "outputs": [0.50005, 1000050], "signature_name": "serving_default"}
                {"inputs": [0.5, 1], "outputs": [0.6, 1], "tolerance": 0.2}
                """))
        .isEqualTo(3);
  }

  @Test
  void shouldPassWithoutAnyUnlessTheyAreRequired() {
    assertThat(GoldenChecks.read(new FakeModel(ID), version, fitness(false)).run()).isZero();
    assertThatThrownBy(() -> GoldenChecks.read(new FakeModel(ID), version, fitness(true)).run())
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("digits/2 has no golden checks: ");
  }

  @Test
  void shouldNameTheFirstElementThatDiffers() {
    assertThatThrownBy(
            () ->
                check(
                    """
                    {"inputs": [1, 2], "outputs": [1, 2]}
                    {"inputs": [1, 2], "outputs": {"y": [1, 2.5]}, "tolerance": 0.01}
                    {"inputs": [1, 2], "outputs": [2, 2]}
                    """))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "digits/2 computes something else than its golden checks expect, in 2 of 3 records. Line 2, output y[1]: 2.0 (expected: 2.5, tolerance: 0.01). Do not serve it, or correct assets.extra/penstock_golden.jsonl.");
  }

  @Test
  void shouldNotTakeANumberForNaN() {
    assertThatThrownBy(() -> check("{\"inputs\": [1, 2], \"outputs\": [1, NaN]}"))
        .hasMessageContaining("output y[1]: 2.0 (expected: NaN, tolerance: 1.0E-4)");
    assertThatThrownBy(() -> check("{\"inputs\": [1, Infinity], \"outputs\": [1, 5]}"))
        .hasMessageContaining("output y[1]: Infinity (expected: 5.0");
  }

  @Test
  void shouldSayWhichLineCannotBeRun() {
    assertRefused("{", "line 1: no JSON: ");
    assertRefused("{\"inputs\": [1, 2]}", "line 1: something is missing (expected: an object");
    assertRefused(
        "{\"inputs\": [1, 2], \"outputs\": [1, 2], \"tolerence\": 1}",
        "line 1: unknown: [tolerence]");
    assertRefused(
        "{\"inputs\": [1, 2], \"outputs\": [1, 2], \"tolerance\": -1}",
        "line 1: tolerance: -1 (expected: a number, 0 or more)");
    assertRefused("{\"inputs\": [1], \"outputs\": [1, 2]}", "line 1: instance 1, x: float32[-1,2]");
    assertRefused(
        "{\"inputs\": [1, 2], \"outputs\": {\"z\": 1}}",
        "line 1: outputs: {\"z\":1} (expected: some of [y: float32[-1,2]])");
    assertRefused(
        "{\"inputs\": [1, 2], \"outputs\": [1, 2], \"signature_name\": \"other\"}",
        "line 1: signature_name: other (expected: one of [serving_default])");
    assertRefused("\n", "holds no golden checks");
  }

  private void assertRefused(String lines, String reason) {
    assertThatThrownBy(() -> check(lines))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(reason);
  }

  private int check(String lines) throws IOException {
    Files.createDirectories(version.resolve("assets.extra"));
    Files.writeString(version.resolve(GoldenChecks.FILE), lines);
    return GoldenChecks.read(new FakeModel(ID), version, fitness(true)).run();
  }

  private static Fitness fitness(boolean required) {
    return new Fitness(Set.of(ModelSettings.DEFAULT_SIGNATURE), Set.of(1), required, true);
  }
}
