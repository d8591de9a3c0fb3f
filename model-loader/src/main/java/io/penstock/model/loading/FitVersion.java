package io.penstock.model.loading;

import io.penstock.model.fitness.WarmUpReport;
import io.penstock.model.memory.Claim;
import java.time.Duration;

/**
 * A version that has shown that it can serve.
 *
 * @param claim the native memory that it was admitted with
 * @param goldenChecks how many golden checks held
 * @param loadTime how long all of it took, warm-up and checks included
 */
public record FitVersion(
    LoadedModel model, Claim claim, WarmUpReport warmUp, int goldenChecks, Duration loadTime)
    implements AutoCloseable {

  /** It is not leased any more, and closed as soon as it is drained. */
  public void leaving() {
    claim.leaving();
  }

  /** Closes the model and gives back what it claimed. As {@link LoadedModel#close}. */
  @Override
  public void close() {
    try {
      model.close();
    } finally {
      claim.close();
    }
  }
}
