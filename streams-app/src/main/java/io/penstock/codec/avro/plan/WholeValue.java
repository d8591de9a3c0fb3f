package io.penstock.codec.avro.plan;

import io.penstock.codec.UndecodableRecordException;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/**
 * Passes values that others will read, and checks every byte of them, where a {@link Skip} checks
 * no more than it needs to pass: what a record of ours holds has to be well-formed.
 */
final class WholeValue {

  private WholeValue() {}

  /**
   * Passes a value.
   *
   * @throws UndecodableRecordException if it is malformed
   */
  static void pass(Schema schema, AvroCursor in) {
    switch (schema.getType()) {
      case NULL -> {}
      case BOOLEAN -> in.readBoolean();
      case INT -> in.readInt();
      case LONG -> in.readLong();
      case FLOAT -> in.take(Float.BYTES);
      case DOUBLE -> in.take(Double.BYTES);
      case FIXED -> in.take(schema.getFixedSize());
      case STRING, BYTES -> in.take(in.readLength());
      case ENUM -> in.readIndex(schema.getEnumSymbols().size());
      case UNION -> pass(schema.getTypes().get(in.readIndex(schema.getTypes().size())), in);
      case ARRAY -> passItems(false, schema.getElementType(), in);
      case MAP -> passItems(true, schema.getValueType(), in);
      case RECORD -> {
        in.descend();
        for (Field field : schema.getFields()) {
          pass(field.schema(), in);
        }
        in.ascend();
      }
    }
  }

  private static void passItems(boolean haveKeys, Schema item, AvroCursor in) {
    in.descend();
    for (long items = in.readBlockCount(); items != 0; items = in.readBlockCount()) {
      if (items > in.remaining()) {
        // Items without bytes, such as nulls, could be as many as they like.
        throw in.malformed(
            "%d items are announced (expected: at most %d)".formatted(items, in.remaining()));
      }
      for (long i = 0; i < items; i++) {
        if (haveKeys) {
          in.take(in.readLength());
        }
        pass(item, in);
      }
    }
    in.ascend();
  }
}
