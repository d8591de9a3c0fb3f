package io.penstock.codec.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.codec.AnyVersion;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.OutputChoice;
import io.penstock.codec.OutputSettings;
import io.penstock.codec.PredictionEncoder;
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
import io.penstock.registry.RegistryException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

class AvroPredictionEncoderTest {

  private static final List<DType> DTYPES =
      List.of(
          DType.FLOAT32,
          DType.FLOAT64,
          DType.FLOAT16,
          DType.BFLOAT16,
          DType.INT8,
          DType.INT16,
          DType.INT32,
          DType.INT64,
          DType.UINT8,
          DType.UINT16,
          DType.UINT32,
          DType.UINT64,
          DType.BOOL,
          DType.STRING);

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private int topics;

  @Test
  void shouldWriteWhatGenericDatumReaderReadsBack() throws IOException {
    long base = Long.getLong("penstock.property.seed", 99L);
    for (long seed = base; seed < base + 4_000; seed++) {
      // given
      Random random = new Random(seed);
      List<TensorSpec> outputs = new ArrayList<>();
      Rows rows = outputs(random, outputs);
      ModelSignature signature = new ModelSignature("serving_default", List.of(), outputs);
      Schema schema = PredictionSchemas.of("digits", signature, OutputChoice.ALL);
      int row = random.nextInt(3);

      // when
      byte[] record = encoder(signature).encode(rows, row);

      // then
      BinaryDecoder bytes = DecoderFactory.get().binaryDecoder(record, 5, record.length - 5, null);
      GenericRecord read = new GenericDatumReader<GenericRecord>(schema).read(null, bytes);
      assertThat(bytes.isEnd()).as("seed: %d, end", seed).isTrue();
      assertThat(registry.schemaById(ByteBuffer.wrap(record).getInt(1))).isEqualTo(schema);
      for (int i = 0; i < outputs.size(); i++) {
        Column column = rows.column(i);
        assertThat(plain(read.get(i)))
            .as("seed: %d, %s", seed, outputs.get(i))
            .isEqualTo(expected(column, row, 0, 0));
      }
    }
  }

  @Test
  void shouldRefuseBytesThatAreNoText() {
    ModelSignature signature = signature(new TensorSpec("jpeg", DType.STRING, List.of(-1L)));
    Rows rows = Rows.of(signature.outputs(), 1);
    ((StringColumn) rows.column(0)).set(0, 0, new byte[] {(byte) 0xff, (byte) 0xd8});

    assertThatThrownBy(() -> encoder(signature).encode(rows, 0))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.UNENCODABLE))
        .hasMessageContaining("Output jpeg: string[-1] is no UTF-8");
  }

  @Test
  void shouldRefuseRowsOfAnotherRankThanTheSchemas() {
    ModelSignature signature = signature(new TensorSpec("y", DType.FLOAT32, List.of(-1L, 2L)));
    Rows rows = Rows.of(signature.outputs(), 1);
    rows.column(0).reshape(new int[] {1, 2}, 1);

    assertThatThrownBy(() -> encoder(signature).encode(rows, 0))
        .hasMessage("Output y: float32[-1,2] has rows of 2 dimensions (expected: 1)");
  }

  @Test
  void shouldNotRegisterUnlessAllowedTo() {
    ModelSignature signature = signature(new TensorSpec("y", DType.FLOAT32, List.of(-1L)));
    AvroOutputFormat format =
        new AvroOutputFormat(
            new OutputSettings("scores", OutputChoice.ALL, Map.of(), registry, false));

    assertThatThrownBy(() -> format.encoder(AnyVersion.of("fraud", 1), signature))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(
            "io.penstock.predictions.fraud_serving_default is not registered under subject"
                + " scores-value; run `penstock schema register --config FILE`");
  }

  @Test
  void shouldRefuseAVersionWhosePredictionsOtherReadersCannotRead() {
    ModelSignature counts = signature(new TensorSpec("y", DType.INT64, List.of(-1L)));
    ModelSignature scores = signature(new TensorSpec("y", DType.FLOAT64, List.of(-1L)));
    registry.register("scores-value", PredictionSchemas.of("fraud", counts, OutputChoice.ALL));
    AvroOutputFormat format =
        new AvroOutputFormat(
            new OutputSettings("scores", OutputChoice.ALL, Map.of(), registry, true));

    assertThatThrownBy(() -> format.encoder(AnyVersion.of("fraud", 2), scores))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("is not compatible both ways with version 1 of subject scores-value");
    assertThat(registry.latest("scores-value").version()).as("nothing is registered").isEqualTo(1);
  }

  private PredictionEncoder encoder(ModelSignature signature) {
    return new AvroOutputFormat(
            new OutputSettings("out-" + topics++, OutputChoice.ALL, Map.of(), registry, true))
        .encoder(AnyVersion.of("digits", 2), signature);
  }

  private static ModelSignature signature(TensorSpec output) {
    return new ModelSignature("serving_default", List.of(), List.of(output));
  }

  private static Rows outputs(Random random, List<TensorSpec> outputs) {
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      List<Long> open = Collections.nCopies(1 + random.nextInt(4), -1L);
      outputs.add(new TensorSpec("y" + i, DTYPES.get(random.nextInt(DTYPES.size())), open));
    }
    Rows rows = Rows.of(outputs);
    for (int i = 0; i < count; i++) {
      int[] shape = random.ints(outputs.get(i).rowShape().size(), 0, 4).toArray();
      rows.column(i).reshape(shape, 3);
      fill(rows.column(i), random);
    }
    return rows;
  }

  private static void fill(Column column, Random random) {
    if (column instanceof StringColumn strings) {
      for (int i = 0; i < 3 * strings.rowElements(); i++) {
        byte[] text = "xé€".repeat(random.nextInt(40)).getBytes(StandardCharsets.UTF_8);
        strings.set(i / strings.rowElements(), i % strings.rowElements(), text);
      }
      return;
    }
    NumericColumn numbers = (NumericColumn) column;
    random.nextBytes(numbers.bytes());
    byte[] bytes = numbers.bytes();
    for (int i = 0; i < bytes.length; i++) {
      if (numbers.dtype() == DType.BOOL) {
        bytes[i] &= 1;
      } else if (numbers.dtype() == DType.UINT64 && i % 8 == 7) {
        bytes[i] &= 0x7f;
      }
    }
  }

  private static Object expected(Column column, int row, int dimension, int element) {
    int[] shape = column.rowShape();
    if (dimension == shape.length) {
      return column instanceof StringColumn strings
          ? new String(strings.get(row, element), StandardCharsets.UTF_8)
          : number((NumericColumn) column, row, element);
    }
    int stride = 1;
    for (int i = dimension + 1; i < shape.length; i++) {
      stride *= shape[i];
    }
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < shape[dimension]; i++) {
      items.add(expected(column, row, dimension + 1, element + i * stride));
    }
    return items;
  }

  private static Object number(NumericColumn column, int row, int element) {
    ByteBuffer at =
        ByteBuffer.wrap(column.bytes())
            .order(ByteOrder.LITTLE_ENDIAN)
            .position(column.offset(row, element));
    return switch (column.dtype()) {
      case BOOL -> at.get() == 1;
      case FLOAT32 -> at.getFloat();
      case FLOAT64 -> at.getDouble();
      case FLOAT16 -> HalfPrecision.fromFloat16(at.getShort());
      case BFLOAT16 -> HalfPrecision.fromBfloat16(at.getShort());
      default -> integer(column.dtype(), at);
    };
  }

  private static Object integer(DType dtype, ByteBuffer at) {
    byte[] bigEndian = new byte[dtype.widthBytes()];
    for (int i = bigEndian.length - 1; i >= 0; i--) {
      bigEndian[i] = at.get();
    }
    boolean unsigned = dtype.toString().startsWith("u");
    long value = (unsigned ? new BigInteger(1, bigEndian) : new BigInteger(bigEndian)).longValue();
    boolean isLong = dtype.widthBytes() == 8 || dtype == DType.UINT32;
    return isLong ? (Object) value : (Object) (int) value;
  }

  /** Avro's arrays and strings as Java's. */
  private static Object plain(Object datum) {
    if (datum instanceof List<?> list) {
      return list.stream().map(AvroPredictionEncoderTest::plain).toList();
    }
    return datum instanceof CharSequence text ? text.toString() : datum;
  }
}
