package io.penstock.batching;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.FieldCopier;
import io.penstock.codec.InputRecord;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Rows;
import io.penstock.registry.RegistryException;

/**
 * Reads records as a version takes them: into rows, and what their predictions hold of them. What a
 * format has not foreseen while it decodes is the record's fault, too, which fails alone: it would
 * each time that it is read again.
 *
 * <p>Not thread-safe: one stream thread's own.
 */
final class RowReader {

  private final RecordDecoder decoder;
  private final FieldCopier copier;

  RowReader(RecordDecoder decoder, FieldCopier copier) {
    this.decoder = decoder;
    this.copier = copier;
  }

  /**
   * Resolves what reading this record needs. Whatever else is thrown is nobody's record's fault.
   *
   * @throws UndecodableRecordException if the record is to blame
   * @throws RegistryException if the registry is
   */
  void prepare(InputRecord record) {
    decoder.prepare(record);
  }

  /**
   * Decodes a record into a row, and copies of it what its prediction will hold.
   *
   * @throws UndecodableRecordException if it does not fit; the row's content is undefined then
   * @throws RegistryException if the registry does not answer
   */
  byte[] read(InputRecord record, Rows rows, int row) {
    try {
      decoder.decode(record, rows, row);
      return copier.copy(record);
    } catch (UndecodableRecordException | RegistryException e) {
      throw e;
    } catch (RuntimeException e) {
      throw unforeseen(e);
    }
  }

  private static UndecodableRecordException unforeseen(RuntimeException e) {
    return new UndecodableRecordException(
        DeadLetterReason.MALFORMED, "the format cannot read the record: " + e);
  }
}
