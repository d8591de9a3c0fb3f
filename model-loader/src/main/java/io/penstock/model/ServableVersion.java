package io.penstock.model;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * A loaded version of a model that can run batches. Thread-safe: several threads may run batches at
 * once. Valid only while a {@link Lease} on it is held.
 */
public interface ServableVersion {

  /** Which model, which version. */
  ServableId id();

  /**
   * Identifies the model's bytes: the first 16 hexadecimal digits of a SHA-256 over every file's
   * relative path and content, in path order. Equal files give equal fingerprints on every machine.
   */
  String fingerprint();

  /**
   * Where its files were when it was loaded; empty if it has none. They may be changed or gone once
   * it serves.
   */
  default Optional<Path> directory() {
    return Optional.empty();
  }

  /** The names of its signatures. */
  Set<String> signatures();

  /** The signature of that name. */
  Optional<ModelSignature> signature(String name);

  /**
   * Whether a run of the signature changes what later runs compute: it writes variables. Such a
   * version is not run but for records, so that it counts each once.
   */
  default boolean changesState(ModelSignature signature) {
    return false;
  }

  /**
   * Runs one batch. Checks dtypes, shapes and row counts before TensorFlow sees them; outputs are
   * reshaped to what the model returned, their first dimension being {@code rows}.
   *
   * @param signature one of this version's own
   * @param inputs one column per input, each filled for at least {@code rows} rows
   * @param rows rows to run, 1 or more
   * @param outputs one column per output; what they held is overwritten
   * @throws ModelRunException if the run failed or the outputs are not as the signature says
   */
  void run(ModelSignature signature, Rows inputs, int rows, Rows outputs);
}
