package io.penstock.batching;

/** Where sealed batches are computed. Thread-safe. */
@FunctionalInterface
public interface Inference {

  /** Takes a sealed batch and finishes it some time later, come what may. Never blocks. */
  void submit(Batch batch);
}
