package io.penstock.codec.avro;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/** Random schemas of every Avro type, recursive ones too, and random records of them. */
final class RandomRecords {

  private static final Schema.Type[] SCALARS = {
    Schema.Type.NULL,
    Schema.Type.BOOLEAN,
    Schema.Type.INT,
    Schema.Type.LONG,
    Schema.Type.FLOAT,
    Schema.Type.DOUBLE,
    Schema.Type.STRING,
    Schema.Type.BYTES,
    Schema.Type.ENUM,
    Schema.Type.FIXED
  };

  private final Random random;
  private final int precision;
  private final int scale;
  private int names;

  RandomRecords(Random random) {
    this.random = random;
    this.precision = new int[] {3, 6, 12, 25}[random.nextInt(4)];
    this.scale = random.nextInt(precision + 1);
  }

  /** A record schema with one field at least. */
  Schema schema() {
    return record(3);
  }

  private Schema record(int depth) {
    Schema record = Schema.createRecord("R" + names++, null, "random", false);
    List<Field> fields = new ArrayList<>();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      Field field = new Field("f" + i, any(depth), null, null);
      if (random.nextInt(4) == 0) {
        field.addAlias("a" + i);
      }
      fields.add(field);
    }
    if (random.nextInt(6) == 0) {
      Schema link = Schema.createUnion(Schema.create(Schema.Type.NULL), record);
      fields.add(random.nextInt(fields.size() + 1), new Field("link", link, null, null));
    }
    record.setFields(fields);
    return record;
  }

  private Schema any(int depth) {
    if (depth == 0) {
      return scalar();
    }
    return switch (random.nextInt(10)) {
      case 0, 1 -> Schema.createArray(any(depth - 1));
      case 2 -> Schema.createMap(any(depth - 1));
      case 3, 4 -> union(depth - 1);
      case 5 -> record(depth - 1);
      default -> scalar();
    };
  }

  private Schema scalar() {
    if (random.nextInt(12) == 0) {
      return decimal();
    }
    Schema.Type type = SCALARS[random.nextInt(SCALARS.length)];
    return switch (type) {
      case ENUM ->
          Schema.createEnum("E" + names++, null, "random", List.of("RED", "GREEN", "BLUE"));
      case FIXED -> Schema.createFixed("F" + names++, null, "random", random.nextInt(5));
      default -> Schema.create(type);
    };
  }

  /** All decimals of a schema are alike. */
  private Schema decimal() {
    Schema bytes =
        random.nextBoolean()
            ? Schema.create(Schema.Type.BYTES)
            : Schema.createFixed("F" + names++, null, "random", 12);
    return LogicalTypes.decimal(precision, scale).addToSchema(bytes);
  }

  private Schema union(int depth) {
    Map<String, Schema> branches = new HashMap<>();
    List<Schema> order = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      Schema branch = i == 0 && random.nextBoolean() ? Schema.create(Schema.Type.NULL) : any(depth);
      if (branch.getType() != Schema.Type.UNION
          && branches.putIfAbsent(branch.getFullName(), branch) == null) {
        order.add(branch);
      }
    }
    return order.isEmpty() ? scalar() : Schema.createUnion(order);
  }

  /** A datum in Avro's generic form. Arrays of one record mostly are equally long. */
  @Nullable Object datum(Schema schema) {
    return datum(schema, random.nextInt(4), 0);
  }

  private @Nullable Object datum(Schema schema, int length, int depth) {
    return switch (schema.getType()) {
      case NULL -> null;
      case BOOLEAN -> random.nextBoolean();
      case INT -> (int) number();
      case LONG -> number();
      case FLOAT -> Float.intBitsToFloat(random.nextInt());
      case DOUBLE ->
          random.nextBoolean() ? random.nextGaussian() : Double.longBitsToDouble(random.nextLong());
      case STRING -> new Utf8("s".repeat(random.nextInt(4)) + "é");
      case BYTES ->
          schema.getLogicalType() == null
              ? ByteBuffer.wrap(bytes(length))
              : ByteBuffer.wrap(unscaled().toByteArray());
      case ENUM -> new GenericData.EnumSymbol(schema, symbol(schema.getEnumSymbols()));
      case FIXED ->
          new GenericData.Fixed(
              schema,
              schema.getLogicalType() == null
                  ? bytes(schema.getFixedSize())
                  : extended(unscaled().toByteArray(), schema.getFixedSize()));
      case ARRAY -> array(schema, length, depth);
      case MAP -> map(schema, length, depth);
      case UNION -> branch(schema, length, depth);
      case RECORD -> record(schema, length, depth);
    };
  }

  private GenericData.Array<Object> array(Schema schema, int length, int depth) {
    int items = depth > 4 ? 0 : random.nextInt(10) == 0 ? random.nextInt(4) : length;
    GenericData.Array<Object> array = new GenericData.Array<>(items, schema);
    for (int i = 0; i < items; i++) {
      array.add(datum(schema.getElementType(), length, depth));
    }
    return array;
  }

  private Map<Utf8, @Nullable Object> map(Schema schema, int length, int depth) {
    Map<Utf8, @Nullable Object> map = new HashMap<>();
    for (int i = 0; i < length; i++) {
      map.put(new Utf8("k" + i), datum(schema.getValueType(), length, depth));
    }
    return map;
  }

  private @Nullable Object branch(Schema union, int length, int depth) {
    List<Schema> branches = union.getTypes();
    int choice = depth > 4 ? 0 : random.nextInt(branches.size());
    return datum(branches.get(choice), length, depth);
  }

  private GenericData.Record record(Schema schema, int length, int depth) {
    GenericData.Record record = new GenericData.Record(schema);
    for (Field field : schema.getFields()) {
      record.put(field.pos(), datum(field.schema(), length, depth + 1));
    }
    return record;
  }

  private String symbol(List<String> symbols) {
    return symbols.get(random.nextInt(symbols.size()));
  }

  /** Numbers of every length, many of them small. */
  private long number() {
    return random.nextLong() >> random.nextInt(64);
  }

  /** An integer of no more digits than decimals have, often a small or a round one. */
  private BigInteger unscaled() {
    BigInteger most = BigInteger.TEN.pow(precision);
    BigInteger any = new BigInteger(random.nextInt(90), random).mod(most);
    BigInteger round = any.divide(BigInteger.TEN.pow(scale)).multiply(BigInteger.TEN.pow(scale));
    BigInteger chosen = random.nextBoolean() ? any : round;
    return random.nextBoolean() ? chosen : chosen.negate();
  }

  private static byte[] extended(byte[] bytes, int size) {
    byte[] extended = new byte[size];
    Arrays.fill(extended, (byte) (bytes[0] >> 7));
    System.arraycopy(bytes, 0, extended, size - bytes.length, bytes.length);
    return extended;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A datum as a framed record; arrays in one block, or in several that carry their size. */
  byte[] encode(int schemaId, Schema schema, @Nullable Object datum) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(schemaId).array());
    BinaryEncoder encoder =
        random.nextBoolean()
            ? EncoderFactory.get().binaryEncoder(out, null)
            : new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(out, null);
    try {
      new GenericDatumWriter<>(schema).write(datum, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
