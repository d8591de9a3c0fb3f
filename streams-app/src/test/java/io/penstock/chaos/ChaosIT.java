package io.penstock.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.testkit.BreakableStack;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Carries out random plans of faults and counts what became of every record, from the topics alone.
 *
 * <p>{@code -Dchaos.plans} plans for each guarantee, or for the one that {@code
 * -Dchaos.guarantee=exactly_once_v2} names, of consecutive seeds from {@code -Dchaos.seed} on. To
 * repeat one that failed: its seed and one plan. Its logs are kept in {@code target/chaos}.
 */
class ChaosIT {

  private static final int PLANS = Integer.getInteger("chaos.plans", 1);
  private static final long SEED =
      Long.getLong("chaos.seed", System.currentTimeMillis() * 1000);
  private static final Path FOLDER = Penstock.root().resolve("streams-app/target/chaos");
  private static final String ONLY = System.getProperty("chaos.guarantee", "");

  /** More draws than that for one plan with records in flight, and something else is wrong. */
  private static final int DRAWS = 3;

  @ParameterizedTest
  @EnumSource
  void shouldAnswerEveryInputWhateverFails(Guarantee guarantee) throws IOException {
    assumeTrue(ONLY.isEmpty() || Guarantee.of(ONLY) == guarantee, () -> "only " + ONLY);
    Path folder = Files.createDirectories(FOLDER.resolve(guarantee + "-" + SEED));
    Totals totals = new Totals(guarantee);
    List<String> violations = new ArrayList<>();
    try (BreakableStack stack = BreakableStack.start(folder);
        Workbench bench = new Workbench(folder, stack)) {
      for (int draw = 0; totals.plans() < PLANS; draw++) {
        assertThat(draw).as("draws for %s plans", PLANS).isLessThan(PLANS * DRAWS);
        Plan plan = Plan.draw(SEED + draw, guarantee);
        Path logs = Files.createDirectories(folder.resolve("plan-" + plan.seed()));
        Findings findings = new PlanRun(plan, "chaos" + draw, bench, stack, logs).run();
        System.out.println(findings);
        if (findings.counts()) {
          totals.add(findings);
        }
        findings.violations().forEach(what -> violations.add("seed " + plan.seed() + ": " + what));
      }
    }
    System.out.println(totals);
    assertThat(violations).as("kept for a look: %s", folder).isEmpty();
    remove(folder);
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
