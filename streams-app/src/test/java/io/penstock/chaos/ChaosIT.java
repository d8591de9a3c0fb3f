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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Carries out random plans of faults and counts what became of every record, from the topics alone:
 * guarantees G1 to G6 together. A plan counts only if records were in flight when it struck.
 *
 * <p>{@code -Dchaos.plans} plans for each guarantee, or for the one that {@code
 * -Dchaos.guarantee=exactly_once_v2} names, of consecutive seeds from {@code -Dchaos.seed} on:
 * always the same ones unless it says otherwise. To repeat one that failed: its seed and one plan.
 * The logs of a failure, or all with {@code -Dchaos.keep=true}, are kept in {@code target/chaos}.
 */
@Timeout(value = 12, unit = TimeUnit.HOURS)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGSTOP")
class ChaosIT {

  private static final int PLANS = Integer.getInteger("chaos.plans", 1);

  /**
   * Of a plan that freezes the broker and does not crash it: a broker that starts may break its
   * word, and then the plan does not count.
   */
  private static final long SEED = Long.getLong("chaos.seed", 20261141);

  private static final String ONLY = System.getProperty("chaos.guarantee", "");

  /** More draws than that for plans that count, and something else is wrong. */
  private static final int DRAWS = 10 + 3 * PLANS;

  private static Path folder;
  private static BreakableStack stack;
  private static Workbench bench;
  private static int runs;
  private static boolean keep = Boolean.getBoolean("chaos.keep");

  @BeforeAll
  static void startStack() throws IOException {
    folder = Penstock.root().resolve("streams-app/target/chaos/" + SEED);
    if (Files.exists(folder)) { // what a run that failed has kept
      removeFolder();
    }
    Files.createDirectories(folder);
    stack = BreakableStack.start(folder);
    bench = new Workbench(folder, stack);
  }

  @AfterAll
  static void stopStack() throws IOException {
    bench.close();
    if (!keep) {
      removeFolder();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldAnswerEveryInputWhateverFails(Guarantee guarantee) throws IOException {
    assumeTrue(ONLY.isEmpty() || Guarantee.of(ONLY) == guarantee, () -> "only " + ONLY);
    Totals totals = new Totals(guarantee);
    List<String> violations = new ArrayList<>();
    for (int draw = 0; totals.plans() < PLANS; draw++) {
      assertThat(draw).as("draws for %s plans", PLANS).isLessThan(DRAWS);
      Findings findings = carryOut(Plan.draw(SEED + draw, guarantee));
      System.out.println(findings);
      totals.add(findings);
      findings
          .violations()
          .forEach(what -> violations.add("seed " + findings.plan().seed() + ": " + what));
    }
    System.out.println(totals);
    keep |= !violations.isEmpty();
    assertThat(violations).as("logs are kept in %s", folder).isEmpty();
  }

  private static Findings carryOut(Plan plan) throws IOException {
    String name = "chaos" + ++runs;
    Path logs = Files.createDirectories(folder.resolve(name + "-" + plan.seed()));
    try {
      return new PlanRun(plan, name, bench, stack, logs).run();
    } catch (AssertionError e) {
      keep = true;
      throw new AssertionError(plan + ", logs in " + logs, e);
    }
  }

  private static void removeFolder() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
