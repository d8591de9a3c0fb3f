package io.penstock.codec.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputRecords;
import io.penstock.codec.InputSettings;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.example.Examples;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import io.penstock.registry.NoRegistry;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Hostile bytes in every format but Avro, which has its own test: whatever they are, a record is
 * decoded or refused, for little memory, and nothing else happens. {@code -Dfuzz.records=1000000}
 * for as many.
 */
class FormatFuzzTest {

  private static final int RECORDS = Integer.getInteger("fuzz.records", 30_000);

  /** Beyond what the longest message and the largest row need. */
  private static final long MOST_BYTES = 1 << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private enum Kind {
    JSON("json", mixed()) {
      @Override
      byte[] record(Random random) {
        String record =
            """
            {"flags": [true,false], "open": [[1,2],[3,-4]], "skipped": {"a": [null, "\\u00e4\\ud83d\\ude00", 1e-7, {}]},
             "text": "ä\\n%s", "x": [%s, %s, 1e3], "n": %d, "deep": {"est": {"b64": "aGVsbG8="}}}
            """;
        return record
            .formatted(
                "x".repeat(random.nextInt(20)),
                random.nextFloat(),
                random.nextGaussian() * 1e20,
                random.nextInt())
            .getBytes(UTF_8);
      }
    },
    JSON_BARE("json", List.of(new TensorSpec("t", DType.STRING, List.of(-1L, -1L)))) {
      @Override
      byte[] record(Random random) {
        return "[\"a\", {\"b64\": \"aGk=\"}, \"\\u0041\"]".getBytes(UTF_8);
      }
    },
    RAW("raw", List.of(new TensorSpec("t", DType.BOOL, List.of(-1L, -1L, 3L)))) {
      @Override
      byte[] record(Random random) {
        return new byte[3 * random.nextInt(10)];
      }
    },
    EXAMPLE("tf-example", mixed()) {
      @Override
      byte[] record(Random random) {
        return example(random);
      }
    },
    SERIALIZED_EXAMPLE("tf-example", List.of(new TensorSpec("s", DType.STRING, List.of(-1L)))) {
      @Override
      byte[] record(Random random) {
        return example(random);
      }
    };

    private final String format;
    private final ModelSignature signature;

    Kind(String format, List<TensorSpec> inputs) {
      this.format = format;
      this.signature = new ModelSignature("serving_default", inputs, List.of());
    }

    /** A record that fits, or nearly. */
    abstract byte[] record(Random random);

    RecordDecoder decoder() {
      Map<String, List<String>> fields =
          this == JSON ? Map.of("est", List.of("deep.est")) : Map.of();
      InputSettings settings =
          new InputSettings("in", new FieldMapping(fields), Map.of(), new NoRegistry());
      return FormatCatalog.own().input(format, settings).decoder(signature);
    }
  }

  private static List<TensorSpec> mixed() {
    return List.of(
        new TensorSpec("est", DType.STRING, List.of(-1L)),
        new TensorSpec("flags", DType.BOOL, List.of(-1L, 2L)),
        new TensorSpec("n", DType.INT32, List.of(-1L)),
        new TensorSpec("open", DType.INT64, List.of(-1L, -1L, 2L)),
        new TensorSpec("text", DType.STRING, List.of(-1L)),
        new TensorSpec("x", DType.FLOAT32, List.of(-1L, 3L)));
  }

  private static byte[] example(Random random) {
    return new Examples()
        .texts("est", "e")
        .integers("flags", 0, 1)
        .integers("n", random.nextInt())
        .integers("open", 1, 2, random.nextLong(), 4)
        .texts("text", "x".repeat(random.nextInt(20)), "unused".repeat(random.nextInt(2)))
        .floats("x", 1, 2, random.nextFloat())
        .floats("unused", new float[random.nextInt(4)])
        .serialized();
  }

  @ParameterizedTest
  @EnumSource
  void shouldOnlyDecodeOrRefuseWhateverTheBytesAre(Kind kind) {
    // given
    RecordDecoder decoder = kind.decoder();
    Rows rows = Rows.of(kind.signature.inputs(), 1);
    long base = Long.getLong("penstock.property.seed", 7L);
    int refused = 0;

    for (int i = 0; i < RECORDS; i++) {
      long seed = base + i;
      Random random = new Random(seed);
      byte[] record = hostile(kind, random);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        // when
        decoder.prepare(InputRecords.of(record));
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
    assertThat(refused).as("refused of %d", RECORDS).isBetween(RECORDS / 8, RECORDS - 1);
  }

  private static byte[] hostile(Kind kind, Random random) {
    if (random.nextInt(16) == 0) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] record = kind.record(random);
    for (int mutations = random.nextInt(4); mutations > 0 && record.length > 0; mutations--) {
      record = mutate(record, random);
    }
    return record;
  }

  private static byte[] mutate(byte[] record, Random random) {
    int at = random.nextInt(record.length);
    switch (random.nextInt(6)) {
      case 0 -> record[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> record[at] = (byte) random.nextInt(256);
      case 2 -> Arrays.fill(record, at, Math.min(record.length, at + 9), (byte) 0xff);
      case 3 -> record[at] = (byte) "{}[]\",:\\0189.eE-+tfnN \n".charAt(random.nextInt(23));
      case 4 -> {
        // A part of it again: members, digits, lengths.
        int length = Math.min(random.nextInt(40), record.length - at);
        byte[] longer = Arrays.copyOf(record, record.length + length);
        System.arraycopy(record, at, longer, at + length, record.length - at);
        return longer;
      }
      default -> {
        return Arrays.copyOf(record, at);
      }
    }
    return record;
  }
}
