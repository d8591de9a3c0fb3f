package io.penstock.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.internal.AbstractRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.Test;

class RecordSizeTest {

  /** Held against the very estimate that the producer compares with max.request.size. */
  @Test
  void shouldNeverBeBelowTheProducersOwnEstimate() {
    Random random = new Random(4);
    for (int i = 0; i < 2000; i++) {
      byte[] key = random.nextBoolean() ? null : new byte[random.nextInt(300)];
      byte[] value = new byte[random.nextInt(100_000)];
      RecordHeaders headers = new RecordHeaders();
      for (int h = random.nextInt(12); h > 0; h--) {
        String name = random.nextBoolean() ? "penstock-h" + h : "ключ€" + h;
        headers.add(name, random.nextInt(4) == 0 ? null : new byte[random.nextInt(200)]);
      }
      Header ours = new RecordHeader("penstock-€", new byte[random.nextInt(200)]);
      long bound = RecordSize.upperBound(key, value.length, headers, List.of(ours));
      headers.add(ours);
      int producers =
          AbstractRecords.estimateSizeInBytesUpperBound(
              RecordBatch.CURRENT_MAGIC_VALUE,
              Compression.NONE.type(),
              key,
              value,
              headers.toArray());
      assertThat(bound).as("case %s", i).isBetween((long) producers, producers + 800L);
    }
  }
}
