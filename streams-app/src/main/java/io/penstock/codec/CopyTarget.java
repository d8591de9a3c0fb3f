package io.penstock.codec;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.apache.avro.Schema;

/**
 * How predictions of a format take fields of input records: by a {@link Copy} for each field and
 * each way that it may be written in its record. Thread-safe; what it makes is not.
 */
public interface CopyTarget {

  /** The fields, in the order in which they have to be copied. */
  List<CopiedField> fields();

  /**
   * Copies a field that is Avro binary.
   *
   * @param field its index
   * @param writer its schema; that of null for a field that is missing
   */
  Copy fromAvro(int field, Schema writer);

  /**
   * Copies a field that is a JSON text, well-formed and without space around it.
   *
   * @param field its index
   */
  Copy fromJson(int field);

  /** Appends a field's value to a prediction's copies. Not thread-safe: a copier's own. */
  @FunctionalInterface
  interface Copy {

    /**
     * Takes the value that lies between two bytes of a record.
     *
     * @throws UndecodableRecordException if predictions cannot hold it, naming the field
     */
    void append(byte[] record, int from, int to, ByteArrayOutputStream copies);
  }
}
