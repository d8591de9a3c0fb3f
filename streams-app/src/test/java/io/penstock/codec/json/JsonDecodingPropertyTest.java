package io.penstock.codec.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputRecords;
import io.penstock.codec.InputSettings;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.registry.NoRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random records for random signatures, beside Jackson: equal values, and refused alike. */
class JsonDecodingPropertyTest {

  private static final int SIGNATURES = Integer.getInteger("fuzz.records", 60_000) / 20;
  private static final int RECORDS = 20;

  private static final List<DType> DTYPES =
      List.of(
          DType.FLOAT32,
          DType.FLOAT64,
          DType.INT64,
          DType.INT8,
          DType.UINT32,
          DType.BOOL,
          DType.STRING);

  private static final JsonMapper JACKSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  @Test
  void shouldReadWhatJacksonReads() throws IOException {
    long base = Long.getLong("penstock.property.seed", 1L);
    for (long seed = base; seed < base + SIGNATURES; seed++) {
      Random random = new Random(seed);
      ModelSignature signature = signature(random);
      RecordDecoder decoder = decoder(signature);
      Rows rows = Rows.of(signature.inputs(), 1);
      for (int i = 0; i < RECORDS; i++) {
        ObjectNode record = record(signature, random);
        byte[] bytes = text(record, random).getBytes(UTF_8);

        decoder.decode(InputRecords.of(bytes), rows, 0);

        JsonNode read = JACKSON.readTree(bytes);
        for (int column = 0; column < signature.inputs().size(); column++) {
          List<Object> expected = new ArrayList<>();
          DType dtype = signature.inputs().get(column).dtype();
          flatten(read.get(signature.inputs().get(column).name()), dtype, expected);
          assertThat(values(rows.column(column)))
              .as("seed: %d, %s of %s", seed, signature.inputs().get(column), record)
              .isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void shouldRefuseWhatJacksonRefuses() {
    long base = Long.getLong("penstock.property.seed", 1L);
    for (long seed = base; seed < base + SIGNATURES; seed++) {
      Random random = new Random(seed);
      ModelSignature signature = signature(random);
      RecordDecoder decoder = decoder(signature);
      Rows rows = Rows.of(signature.inputs(), 1);
      for (int i = 0; i < RECORDS; i++) {
        byte[] bytes = text(record(signature, random), random).getBytes(UTF_8);
        int at = random.nextInt(bytes.length);
        bytes[at] = (byte) "{}[]\",:\\/0189.eE-+tfnN\t u".charAt(random.nextInt(25));

        boolean isMalformed = false;
        try {
          decoder.decode(InputRecords.of(bytes), rows, 0);
        } catch (UndecodableRecordException e) {
          if (e.reason() != DeadLetterReason.MALFORMED) {
            continue; // A record that does not fit may be refused before it is found malformed.
          }
          isMalformed = true;
        }

        assertThat(isMalformed)
            .as("seed: %d, malformed: %s", seed, new String(bytes, UTF_8))
            .isEqualTo(isMalformedForJackson(bytes));
      }
    }
  }

  private static boolean isMalformedForJackson(byte[] bytes) {
    try {
      return JACKSON.readTree(bytes).isMissingNode();
    } catch (IOException e) {
      return true;
    }
  }

  private static ModelSignature signature(Random random) {
    List<TensorSpec> inputs = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      List<Long> shape = new ArrayList<>(List.of(-1L));
      for (int rank = random.nextInt(3); rank > 0; rank--) {
        shape.add(random.nextInt(4) == 0 ? -1L : random.nextInt(4));
      }
      inputs.add(new TensorSpec("in" + i, DTYPES.get(random.nextInt(DTYPES.size())), shape));
    }
    return new ModelSignature("serving_default", inputs, List.of());
  }

  private static RecordDecoder decoder(ModelSignature signature) {
    return new JsonInputFormat(
            new InputSettings("in", FieldMapping.byName(), Map.of(), new NoRegistry()))
        .decoder(signature);
  }

  private static ObjectNode record(ModelSignature signature, Random random) {
    List<String> names = new ArrayList<>(List.of("unused", "in"));
    signature.inputs().forEach(input -> names.add(input.name()));
    Collections.shuffle(names, random);
    ObjectNode record = JsonNodeFactory.instance.objectNode();
    for (String name : names) {
      record.set(
          name,
          signature.input(name).map(input -> row(input, random)).orElseGet(() -> any(random, 3)));
    }
    return record;
  }

  private static JsonNode row(TensorSpec input, Random random) {
    int[] shape =
        input.rowShape().stream()
            .mapToInt(d -> d < 0 ? random.nextInt(4) : (int) (long) d)
            .toArray();
    return array(input.dtype(), shape, 0, random);
  }

  private static JsonNode array(DType dtype, int[] shape, int dimension, Random random) {
    if (dimension == shape.length) {
      return element(dtype, random);
    }
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < shape[dimension]; i++) {
      array.add(array(dtype, shape, dimension + 1, random));
    }
    return array;
  }

  private static JsonNode element(DType dtype, Random random) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (dtype) {
      case FLOAT32 -> nodes.numberNode((float) random.nextGaussian() * (1 << random.nextInt(30)));
      case FLOAT64 -> nodes.numberNode(random.nextGaussian() * Math.pow(10, random.nextInt(80)));
      case INT64 -> nodes.numberNode(random.nextLong() >> random.nextInt(64));
      case INT8 -> nodes.numberNode((byte) random.nextInt());
      case UINT32 -> nodes.numberNode(random.nextInt() & 0xffffffffL);
      case BOOL -> nodes.booleanNode(random.nextBoolean());
      default -> nodes.textNode(someText(random));
    };
  }

  private static String someText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append("aä€\n\"\\/\u0001".charAt(random.nextInt(8)));
    }
    return random.nextInt(4) == 0 ? text.appendCodePoint(0x1f600).toString() : text.toString();
  }

  private static JsonNode any(Random random, int depth) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (random.nextInt(depth > 0 ? 6 : 4)) {
      case 0 -> nodes.nullNode();
      case 1 -> nodes.textNode(someText(random));
      case 2 -> nodes.numberNode(random.nextDouble());
      case 3 -> nodes.booleanNode(random.nextBoolean());
      case 4 -> nodes.arrayNode().add(any(random, depth - 1)).add(any(random, depth - 1));
      default -> nodes.objectNode().set(someText(random), any(random, depth - 1));
    };
  }

  /** The record as somebody may write it: white space between, escapes for what needs none. */
  private static String text(JsonNode record, Random random) {
    String text = record.toString();
    if (random.nextBoolean()) {
      return text;
    }
    return random.nextBoolean() ? record.toPrettyString() : text.replace("in", "\\u0069n");
  }

  private static void flatten(JsonNode node, DType dtype, List<Object> into) {
    if (node.isArray()) {
      node.forEach(item -> flatten(item, dtype, into));
      return;
    }
    into.add(
        switch (dtype) {
          case FLOAT32 -> Float.parseFloat(node.asText());
          case FLOAT64 -> node.doubleValue();
          case BOOL -> node.booleanValue();
          case STRING -> node.textValue();
          default -> node.longValue();
        });
  }

  private static List<Object> values(Column column) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < column.rowElements(); i++) {
      if (column instanceof NumericColumn numbers) {
        int at = numbers.offset(0, i);
        values.add(
            switch (column.dtype()) {
              case FLOAT32 -> numbers.floatAt(at);
              case FLOAT64 -> numbers.doubleAt(at);
              case INT64 -> numbers.longAt(at);
              case UINT32 -> Integer.toUnsignedLong(numbers.intAt(at));
              case BOOL -> numbers.bytes()[at] != 0;
              default -> (long) numbers.bytes()[at];
            });
      } else {
        values.add(new String(((StringColumn) column).get(0, i), UTF_8));
      }
    }
    return values;
  }
}
