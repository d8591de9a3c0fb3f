package io.penstock.model.lifecycle.lease;

import io.penstock.model.Lease;
import io.penstock.model.ServableId;
import io.penstock.model.lifecycle.FakeModel;
import java.util.Optional;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Leases under the interleavings of a few threads, step by step: whatever the order, it is as if
 * whole operations came one after another, nobody runs on a closed version, and the last lease
 * closes a version that has retired. Lincheck makes the threads and their orders.
 */
@Tag("lincheck")
public final class LeasesLincheckTest {

  /** Scenarios, each in many orders: {@code -Dpenstock.scenarios=100} for a long search. */
  private static final int ITERATIONS = Integer.getInteger("penstock.scenarios", 3);

  private final Leases leases = new Leases(new FakeModel(new ServableId("digits", 1)), () -> 0);
  private volatile boolean retired;
  private volatile int closes;

  /** What a batch does. */
  @Operation
  public String run() {
    Optional<Lease> lease = leases.acquire();
    if (lease.isEmpty()) {
      return "refused";
    }
    String ran = closes > 0 ? "ran on a closed version" : "ran";
    lease.get().close();
    lease.get().close();
    return ran;
  }

  /** What the runtime does. */
  @Operation(runOnce = true)
  public void retire() {
    leases.retire().thenRun(() -> closes++);
    retired = true;
  }

  @Validate
  public void shouldBeDrainedAndClosedOnce() {
    if (leases.held() != 0 || !leases.outstanding().isEmpty() || closes != (retired ? 1 : 0)) {
      throw new IllegalStateException(
          "held: %d, outstanding: %s, retired: %s, closes: %d"
              .formatted(leases.held(), leases.outstanding(), retired, closes));
    }
  }

  @Test
  void shouldLookAsIfOperationsCameOneByOne() {
    new ModelCheckingOptions()
        .threads(3)
        .actorsPerThread(1)
        .actorsBefore(0)
        .actorsAfter(1)
        .iterations(ITERATIONS)
        .invocationsPerIteration(200)
        .check(LeasesLincheckTest.class);
  }
}
