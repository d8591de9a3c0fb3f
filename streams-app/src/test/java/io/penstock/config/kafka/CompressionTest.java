package io.penstock.config.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kafka's clients with the codecs that the build gives them, which may not be those they name. */
final class CompressionTest {

  @ParameterizedTest
  @EnumSource(CompressionType.class)
  void shouldReadWhatItWrites(CompressionType type) {
    byte[] value = "one of many ".repeat(10_000).getBytes(UTF_8);

    MemoryRecords written =
        MemoryRecords.withRecords(Compression.of(type).build(), new SimpleRecord(value));

    assertThat(written.batches()).allMatch(batch -> batch.compressionType() == type);
    for (Record read : written.records()) {
      assertThat(Utils.toArray(read.value())).isEqualTo(value);
    }
    if (type != CompressionType.NONE) {
      assertThat(written.sizeInBytes()).isLessThan(value.length / 10);
    }
  }
}
