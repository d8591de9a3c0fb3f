package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The protocol under random schedules. More of them: {@code -Dsimulation.schedules=100000}; a
 * certain one: {@code -Dsimulation.seed=…}, the number that a failure names.
 */
class FleetSimulationTest {

  private static final int STEPS = 1500;

  @Test
  void shouldKeepItsPromisesUnderEverySchedule() {
    int schedules = Integer.getInteger("simulation.schedules", 200);
    long firstSeed = Long.getLong("simulation.seed", System.nanoTime());
    int activations = 0;
    int rollBacks = 0;
    for (int i = 0; i < schedules; i++) {
      SimulatedFleet fleet = run(firstSeed + i);
      activations += fleet.activations();
      rollBacks += fleet.rollBacks();
    }

    assertThat(activations).as("the simulation gets somewhere").isGreaterThan(schedules);
    assertThat(rollBacks).as("fleets that roll back by themselves").isPositive();
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
      throw new AssertionError("simulation.seed: " + seed, e);
    }
    return fleet;
  }
}
