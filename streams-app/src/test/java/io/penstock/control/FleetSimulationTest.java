package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The protocol under random schedules, always the same ones unless {@code -Dsimulation.seed=…} says
 * otherwise. More of them: {@code -Dsimulation.schedules=100000}; a certain one: as its seed the
 * number that a failure names.
 */
@Timeout(value = 12, unit = TimeUnit.HOURS)
class FleetSimulationTest {

  private static final int STEPS = 1500;

  /** So many schedules that something of everything happens. */
  private static final int ENOUGH = 100;

  @Test
  void shouldKeepItsPromisesUnderEverySchedule() {
    int schedules = Integer.getInteger("simulation.schedules", 2000);
    long firstSeed = Long.getLong("simulation.seed", 20261123);
    AtomicInteger activations = new AtomicInteger();
    AtomicInteger rollBacks = new AtomicInteger();
    AtomicInteger timed = new AtomicInteger();
    LongStream.range(firstSeed, firstSeed + schedules)
        .parallel()
        .mapToObj(FleetSimulationTest::run)
        .forEach(
            fleet -> {
              activations.addAndGet(fleet.activations());
              rollBacks.addAndGet(fleet.rollBacks());
              timed.addAndGet(fleet.effectiveFrom());
            });

    if (schedules >= ENOUGH) {
      assertThat(activations.get()).as("the simulation gets somewhere").isGreaterThan(schedules);
      assertThat(rollBacks.get()).as("fleets that roll back by themselves").isPositive();
      assertThat(timed.get()).as("promotions from a record timestamp on").isPositive();
    }
  }

  private static SimulatedFleet run(long seed) {
    SimulatedFleet fleet = new SimulatedFleet(seed);
    try {
      for (int step = 0; step < STEPS; step++) {
        fleet.step();
      }
      fleet.settle();
      fleet.checkSettled();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "simulation.seed: %d%n%s%n%s".formatted(seed, e.getMessage(), fleet.lastEvents()), e);
    }
    return fleet;
  }
}
