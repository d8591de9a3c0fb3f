package io.penstock.codec.avro;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputRecords;
import io.penstock.codec.InputSettings;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import io.penstock.registry.InMemorySchemaRegistry;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/**
 * Hostile bytes: whatever they are, a record is decoded or refused, for little memory, and nothing
 * else happens. {@code -Dfuzz.records=1000000} for as many.
 */
class AvroFuzzTest {

  private static final int RECORDS = Integer.getInteger("fuzz.records", 150_000);

  /** Beyond what the longest message and the largest row need. */
  private static final long MOST_BYTES = 1 << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final Schema SCHEMA =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Hostile", "fields": [
                {"name": "nothings", "type": {"type": "array", "items": "null"}},
                {"name": "empties", "type": {"type": "map", "values":
                  {"type": "record", "name": "Empty", "fields": []}}},
                {"name": "node", "type": {"type": "record", "name": "Node", "fields": [
                  {"name": "next", "type": ["null", "Node"]},
                  {"name": "all", "type": {"type": "array", "items": "Node"}}]}},
                {"name": "text", "type": ["null", "string"]},
                {"name": "fixed", "type": {"type": "array", "items":
                  {"type": "fixed", "name": "F", "size": 3}}},
                {"name": "card", "type": {"type": "record", "name": "Card", "fields": [
                  {"name": "kind", "type": {"type": "enum", "name": "K", "symbols": ["A", "B"]}},
                  {"name": "age", "type": "long"}]}},
                {"name": "open", "type": {"type": "array", "items":
                  {"type": "array", "items": ["null", "long"]}}},
                {"name": "floats", "type": {"type": "array", "items": "float"}}
              ]}
              """);

  @Test
  void shouldOnlyDecodeOrRefuseWhateverTheBytesAre() {
    // given
    InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    int id = registry.register("hostile", SCHEMA);
    RecordDecoder decoder = decoder(registry);
    Rows rows = Rows.of(signature().inputs(), 1);
    RandomRecords sound = new RandomRecords(new Random(1));
    decoder.prepare(InputRecords.of(sound.encode(id, SCHEMA, sound.datum(SCHEMA))));
    long base = Long.getLong("penstock.property.seed", 7L);
    int refused = 0;

    for (int i = 0; i < RECORDS; i++) {
      long seed = base + i;
      Random random = new Random(seed);
      byte[] record = hostile(random, id);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        // when
        decoder.decode(InputRecords.of(record), rows, 0);
      } catch (UndecodableRecordException e) {
        refused++;
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        // then
        throw new AssertionError("seed: " + seed + " " + HexFormat.of().formatHex(record), e);
      }
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
          .as("bytes allocated for %d bytes of seed: %d", record.length, seed)
          .isLessThan(MOST_BYTES);
    }
    assertThat(refused).isGreaterThan(RECORDS / 2);
  }

  private static byte[] hostile(Random random, int id) {
    if (random.nextInt(4) == 0) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      if (noise.length > 4 && random.nextInt(8) > 0) {
        System.arraycopy(new byte[] {0, 0, 0, 0, (byte) id}, 0, noise, 0, 5);
      }
      return noise;
    }
    RandomRecords records = new RandomRecords(random);
    byte[] record = records.encode(id, SCHEMA, records.datum(SCHEMA));
    for (int mutations = random.nextInt(4); mutations > 0; mutations--) {
      record = mutate(record, random);
    }
    return record;
  }

  private static byte[] mutate(byte[] record, Random random) {
    int at = random.nextInt(record.length);
    switch (random.nextInt(4)) {
      case 0 -> record[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> record[at] = (byte) random.nextInt(256);
      case 2 -> Arrays.fill(record, at, Math.min(record.length, at + 9), (byte) 0xff);
      default -> {
        return Arrays.copyOf(record, Math.max(1, at + random.nextInt(12)));
      }
    }
    return record;
  }

  private static RecordDecoder decoder(InMemorySchemaRegistry registry) {
    FieldMapping mapping =
        new FieldMapping(
            Map.of("kind", List.of("card.kind"), "stacked", List.of("card.age", "card.age")));
    return new AvroInputFormat(new InputSettings("in", mapping, Map.of(), registry))
        .decoder(signature());
  }

  private static ModelSignature signature() {
    return new ModelSignature(
        "serving_default",
        List.of(
            new TensorSpec("kind", DType.STRING, List.of(-1L)),
            new TensorSpec("stacked", DType.INT32, List.of(-1L, 2L)),
            new TensorSpec("text", DType.STRING, List.of(-1L, 1L)),
            new TensorSpec("open", DType.INT64, List.of(-1L, -1L, -1L)),
            new TensorSpec("floats", DType.FLOAT32, List.of(-1L, 2L))),
        List.of());
  }
}
