package io.penstock.codec;

/**
 * Copies fields of records, as {@link PredictionEncoder} puts them into predictions. Not
 * thread-safe: one stream thread's own.
 */
@FunctionalInterface
public interface FieldCopier {

  /** What is copied where nothing is. */
  byte[] NOTHING = {};

  /**
   * The copies of a record that has been decoded.
   *
   * @throws UndecodableRecordException if a field cannot be copied, naming it
   * @throws io.penstock.registry.RegistryException if the registry does not answer
   */
  byte[] copy(InputRecord record);
}
