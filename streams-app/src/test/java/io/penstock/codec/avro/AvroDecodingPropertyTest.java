package io.penstock.codec.avro;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputBinding;
import io.penstock.codec.InputRecords;
import io.penstock.codec.InputSettings;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.HalfPrecision;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.registry.InMemorySchemaRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

/**
 * Random schemas, mappings and records: a plan gives what the record of Avro's own reader, with its
 * own conversion of decimals, holds.
 */
class AvroDecodingPropertyTest {

  private static final int SCHEMAS = Integer.getInteger("penstock.property.schemas", 6_000);
  private static final int RECORDS = 3;

  private int decoded;
  private int refused;

  @Test
  void shouldDecodeWhatGenericDatumReaderReads() throws IOException {
    long base = Long.getLong("penstock.property.seed", 20261122L);
    for (int i = 0; i < SCHEMAS; i++) {
      long seed = base + i;
      try {
        checkOneSchema(new Random(seed));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed: " + seed, e);
      }
    }
    assertThat(decoded).as("decoded").isGreaterThan(SCHEMAS / 2);
    assertThat(refused).as("refused").isGreaterThan(SCHEMAS / 4);
  }

  private void checkOneSchema(Random random) throws IOException {
    RandomRecords records = new RandomRecords(random);
    Schema schema = records.schema();
    List<Leaf> leaves = new ArrayList<>();
    collect(schema, "", 3, leaves, random);
    if (leaves.isEmpty()) {
      return;
    }
    InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    int id = registry.register("random", schema);
    byte[] first = records.encode(id, schema, records.datum(schema));
    Case drawn = Case.draw(leaves, generic(schema, first), random);
    RecordDecoder decoder =
        new AvroInputFormat(new InputSettings("in", drawn.mapping, Map.of(), registry))
            .decoder(drawn.signature);
    int capacity = drawn.signature.hasFixedSizeInputs() ? 4 : 1;
    Rows rows = Rows.of(drawn.signature.inputs(), capacity);
    for (int i = 0; i < RECORDS; i++) {
      byte[] bytes = i == 0 ? first : records.encode(id, schema, records.datum(schema));
      checkOneRecord(drawn, generic(schema, bytes), bytes, decoder, rows, random.nextInt(capacity));
    }
  }

  private void checkOneRecord(
      Case drawn, IndexedRecord record, byte[] bytes, RecordDecoder decoder, Rows rows, int row) {
    Set<DeadLetterReason> refusals = EnumSet.noneOf(DeadLetterReason.class);
    List<NaiveDecoder> expected = new ArrayList<>();
    for (InputBinding binding : drawn.mapping.bind(drawn.signature)) {
      NaiveDecoder input = NaiveDecoder.decode(binding, record);
      refusals.addAll(input.refusals());
      expected.add(input);
    }
    try {
      decoder.prepare(InputRecords.of(bytes));
      decoder.decode(InputRecords.of(bytes), rows, row);
    } catch (UndecodableRecordException e) {
      assertThat(refusals)
          .as("reasons to refuse %s: %s", record, e.getMessage())
          .contains(e.reason());
      refused++;
      return;
    }
    assertThat(refusals).as("reasons to refuse %s by %s", record, drawn).isEmpty();
    for (int i = 0; i < expected.size(); i++) {
      TensorSpec input = drawn.signature.inputs().get(i);
      Column column = rows.column(i);
      if (!input.isFixedSize()) {
        assertThat(column.rowShape()).as(input.toString()).isEqualTo(expected.get(i).openShape());
      }
      assertThat(elements(column, row)).as(input.toString()).isEqualTo(expected.get(i).elements());
    }
    decoded++;
  }

  private static IndexedRecord generic(Schema schema, byte[] bytes) throws IOException {
    GenericData data = new GenericData();
    data.addLogicalTypeConversion(new Conversions.DecimalConversion());
    return new GenericDatumReader<IndexedRecord>(schema, schema, data)
        .read(null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
  }

  static List<Object> elements(Column column, int row) {
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < column.rowElements(); i++) {
      elements.add(
          column instanceof StringColumn strings
              ? NaiveDecoder.latin(strings.get(row, i))
              : number((NumericColumn) column, row, i));
    }
    return elements;
  }

  private static Object number(NumericColumn column, int row, int element) {
    int at = column.offset(row, element);
    return switch (column.dtype()) {
      case BOOL -> column.bytes()[at] == 1;
      case FLOAT32 -> column.floatAt(at);
      case FLOAT64 -> column.doubleAt(at);
      case FLOAT16 -> HalfPrecision.fromFloat16(column.shortAt(at));
      case BFLOAT16 -> HalfPrecision.fromBfloat16(column.shortAt(at));
      case INT64, UINT64 -> column.longAt(at);
      case INT32, UINT32 -> column.intAt(at);
      case INT16, UINT16 -> column.shortAt(at);
      default -> column.bytes()[at];
    };
  }

  /** A field that an input can be made of, with a dtype that one of its branches fits. */
  private record Leaf(String path, DType dtype, int arrays) {}

  private static void collect(
      Schema record, String prefix, int depth, List<Leaf> leaves, Random random) {
    for (Field field : record.getFields()) {
      boolean byAlias = !field.aliases().isEmpty() && random.nextBoolean();
      String name = byAlias ? field.aliases().iterator().next() : field.name();
      collectAt(field.schema(), prefix + name, depth, leaves, random);
    }
  }

  /** What lies at a path and below it: fields of records, and keys of maps that may be there. */
  private static void collectAt(
      Schema schema, String path, int depth, List<Leaf> leaves, Random random) {
    List<Schema> scalars = new ArrayList<>();
    scalars(schema, scalars);
    if (!scalars.isEmpty()) {
      DType dtype = dtype(scalars.get(random.nextInt(scalars.size())), random);
      leaves.add(new Leaf(path, dtype, NaiveDecoder.arrays(schema, dtype)));
    }
    if (depth > 0) {
      for (Schema branch : branches(schema)) {
        if (branch.getType() == Schema.Type.RECORD) {
          collect(branch, path + ".", depth - 1, leaves, random);
        } else if (branch.getType() == Schema.Type.MAP) {
          String key = path + ".k" + random.nextInt(3);
          collectAt(branch.getValueType(), key, depth - 1, leaves, random);
        }
      }
    }
  }

  private static List<Schema> branches(Schema schema) {
    return schema.isUnion() ? schema.getTypes() : List.of(schema);
  }

  private static void scalars(Schema schema, List<Schema> scalars) {
    switch (schema.getType()) {
      case ARRAY -> scalars(schema.getElementType(), scalars);
      case UNION -> schema.getTypes().forEach(branch -> scalars(branch, scalars));
      case NULL, MAP, RECORD -> {}
      case FIXED -> {
        if (schema.getFixedSize() > 0) {
          scalars.add(schema);
        }
      }
      default -> scalars.add(schema);
    }
  }

  private static DType dtype(Schema scalar, Random random) {
    if (scalar.getLogicalType() != null) {
      List<DType> numbers =
          List.of(
              DType.FLOAT64, DType.FLOAT32, DType.FLOAT16, DType.INT64, DType.UINT8, DType.INT8);
      return numbers.get(random.nextInt(numbers.size()));
    }
    List<DType> fitting =
        switch (scalar.getType()) {
          case BOOLEAN -> List.of(DType.BOOL);
          case INT, LONG ->
              List.of(
                  DType.INT64,
                  DType.INT64,
                  DType.INT32,
                  DType.FLOAT32,
                  DType.FLOAT64,
                  DType.FLOAT16,
                  DType.BFLOAT16,
                  DType.INT16,
                  DType.INT8,
                  DType.UINT8,
                  DType.UINT16,
                  DType.UINT32,
                  DType.UINT64);
          case FLOAT, DOUBLE ->
              List.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16);
          case BYTES, FIXED -> List.of(DType.STRING, DType.STRING, DType.UINT8, DType.INT8);
          default -> List.of(DType.STRING);
        };
    return fitting.get(random.nextInt(fitting.size()));
  }

  /** A signature and a mapping for some of a schema's leaves. */
  private record Case(ModelSignature signature, FieldMapping mapping) {

    static Case draw(List<Leaf> leaves, IndexedRecord sample, Random random) {
      List<TensorSpec> inputs = new ArrayList<>();
      Map<String, List<String>> fields = new LinkedHashMap<>();
      int count = 1 + random.nextInt(Math.min(4, leaves.size()));
      for (int i = 0; i < count; i++) {
        Leaf leaf = leaves.get(random.nextInt(leaves.size()));
        String name = "input" + i;
        List<String> paths = stack(leaf, leaves, random);
        fields.put(name, paths);
        inputs.add(
            new TensorSpec(
                name,
                leaf.dtype,
                paths.size() > 1
                    ? List.of(-1L, random.nextBoolean() ? -1L : paths.size())
                    : shape(leaf, sample, random)));
      }
      Set<String> narrowing = new HashSet<>();
      Map<String, String> defaults = new HashMap<>();
      for (TensorSpec input : inputs) {
        if (random.nextInt(3) > 0) {
          narrowing.add(input.name());
        }
        if (random.nextInt(3) == 0) {
          defaults.put(input.name(), input.dtype() == DType.BOOL ? "true" : "7");
          if (random.nextInt(4) == 0) {
            fields.computeIfPresent(input.name(), (name, paths) -> List.of("no_such.field"));
          }
        }
      }
      ModelSignature signature =
          new ModelSignature(
              "serving_default", inputs, List.of(new TensorSpec("y", DType.FLOAT32, List.of(-1L))));
      return new Case(signature, new FieldMapping(fields, narrowing, defaults, Map.of()));
    }

    /** Other scalars of the same dtype beside this one, sometimes. */
    private static List<String> stack(Leaf leaf, List<Leaf> leaves, Random random) {
      List<Leaf> alike =
          leaves.stream().filter(l -> l.dtype == leaf.dtype && l.arrays == 0).toList();
      List<String> paths = new ArrayList<>(List.of(leaf.path));
      if (leaf.arrays == 0 && random.nextInt(3) == 0) {
        for (int i = random.nextInt(3); i > 0; i--) {
          paths.add(alike.get(random.nextInt(alike.size())).path);
        }
      }
      return paths;
    }

    /** Mostly the shape that the sample has; open or wrong in places. */
    private static List<Long> shape(Leaf leaf, IndexedRecord sample, Random random) {
      List<Long> shape = new ArrayList<>(List.of(-1L));
      if (leaf.arrays == 0) {
        int rank = random.nextInt(3);
        for (int i = 0; i < rank; i++) {
          shape.add(random.nextBoolean() ? 1L : -1L);
        }
        return shape;
      }
      List<Long> open = new ArrayList<>(List.of(-1L));
      open.addAll(Collections.nCopies(leaf.arrays, -1L));
      InputBinding probe =
          new InputBinding(0, new TensorSpec("probe", leaf.dtype, open), List.of(leaf.path));
      int[] found = Arrays.copyOf(NaiveDecoder.decode(probe, sample).openShape(), leaf.arrays);
      for (int length : found) {
        int choice = random.nextInt(10);
        shape.add(choice == 0 ? 2L : choice < 3 ? -1L : (long) length);
      }
      if (leaf.arrays == 1 && shape.get(1) >= 0 && random.nextInt(3) == 0) {
        shape.add(random.nextInt(2) + 1, 1L); // Row-major and flat.
      }
      return shape;
    }
  }
}
