package io.penstock.registry;

/**
 * Confluent's framing of a record: a zero byte, the schema's id as four bytes with the highest
 * first, then the Avro binary. Described in Confluent's "Wire Format" reference.
 */
public final class WireFormat {

  /** The first byte of every framed record. */
  public static final byte MAGIC = 0;

  /** Bytes before the Avro binary begins. */
  public static final int HEADER_BYTES = 5;

  /**
   * Where Confluent's {@code HeaderSchemaIdSerializer} (8.0 and later) puts the id of a value's
   * schema, which then has no frame. From its {@code SchemaId.VALUE_SCHEMA_ID_HEADER}.
   */
  public static final String VALUE_SCHEMA_ID_HEADER = "__value_schema_id";

  private WireFormat() {}

  /** Whether these bytes begin with a frame. */
  public static boolean isFramed(byte[] record) {
    return record.length >= HEADER_BYTES && record[0] == MAGIC;
  }

  /** The schema id of a framed record. */
  public static int schemaId(byte[] record) {
    return (record[1] & 0xff) << 24
        | (record[2] & 0xff) << 16
        | (record[3] & 0xff) << 8
        | (record[4] & 0xff);
  }

  /** Writes the frame into the first bytes of a record. */
  public static void writeHeader(byte[] record, int schemaId) {
    record[0] = MAGIC;
    record[1] = (byte) (schemaId >>> 24);
    record[2] = (byte) (schemaId >>> 16);
    record[3] = (byte) (schemaId >>> 8);
    record[4] = (byte) schemaId;
  }
}
