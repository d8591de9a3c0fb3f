package io.penstock.model.tensorflow.log;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordFileTest {

  @TempDir private Path folder;

  @Test
  void shouldMaskChecksumsAsTensorFlowDoes() {
    // given: CRC-32C's check value of "123456789" is e3069283; TensorFlow's mask rotates and adds
    byte[] bytes = "123456789".getBytes(US_ASCII);

    // when
    int masked = RecordFile.maskedChecksum(bytes, bytes.length);

    // then
    assertThat(masked).isEqualTo(((0xe3069283 >>> 15) | (0xe3069283 << 17)) + 0xa282ead8);
  }

  @Test
  void shouldReadWhatWasWritten() throws IOException {
    long seed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      // given
      WarmUpRecords records = new WarmUpRecords();
      List<byte[]> written = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        byte[] record = new byte[random.nextInt(20_000)];
        random.nextBytes(record);
        written.add(record);
        var unused = records.record(record);
      }

      // when
      List<byte[]> read = read(records.toBytes());

      // then
      assertThat(read)
          .as("seed %d", seed)
          .usingElementComparator(Arrays::compare)
          .containsExactlyElementsOf(written);
    }
  }

  @Test
  void shouldNoticeEveryBitFlipAndEveryTruncation() throws IOException {
    byte[] good = new WarmUpRecords().record("penstock".getBytes(US_ASCII)).toBytes();
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] flipped = good.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> read(flipped))
          .as("bit %d", bit)
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (int length = 1; length < good.length; length++) {
      byte[] shorter = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> read(shorter))
          .as("length %d", length)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("it ends within a record");
    }
  }

  private List<byte[]> read(byte[] content) throws IOException {
    Path file = Files.write(folder.resolve("records"), content);
    List<byte[]> records = new ArrayList<>();
    try (RecordFile reader = RecordFile.open(file)) {
      for (Optional<byte[]> next = reader.next(); next.isPresent(); next = reader.next()) {
        records.add(next.get());
      }
    }
    return records;
  }
}
