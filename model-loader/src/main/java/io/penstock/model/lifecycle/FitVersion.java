package io.penstock.model.lifecycle;

import io.penstock.model.fitness.WarmUpReport;
import io.penstock.model.memory.Claim;

/**
 * A version that has shown that it can serve.
 *
 * @param claim the native memory that it was admitted with
 * @param goldenChecks how many golden checks held
 */
record FitVersion(LoadedModel model, Claim claim, WarmUpReport warmUp, int goldenChecks)
    implements AutoCloseable {

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
