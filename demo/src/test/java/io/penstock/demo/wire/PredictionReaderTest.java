package io.penstock.demo.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

final class PredictionReaderTest {

  private static final Schema PREDICTION =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "P", "fields": [
                {"name": "probabilities", "type": {"type": "array", "items": "float"}},
                {"name": "digit", "type": "long"}]}
              """);

  private final PredictionReader reader = new PredictionReader(Map.of(7, PREDICTION)::get);

  @Test
  void shouldReadTheDigit() {
    // given no probabilities (0), then the digit 8 (zig-zag: 16)
    var record = Records.record(new byte[] {0, 0, 0, 0, 7, 0, 16}, Map.of());

    assertThat(reader.digit(record)).isEqualTo(8);
  }

  @Test
  void shouldRefuseWhatIsNotFramed() {
    for (byte[] value : List.of(new byte[] {1, 0, 0, 0, 7, 0, 16}, new byte[] {0, 0})) {
      assertThatThrownBy(() -> reader.digit(Records.record(value, Map.of())))
          .hasMessageStartingWith("predictions-3@14 is not framed");
    }
  }

  @Test
  void shouldRefuseWhatIsNotOfItsSchema() {
    var truncated = Records.record(new byte[] {0, 0, 0, 0, 7, 0}, Map.of());

    assertThatThrownBy(() -> reader.digit(truncated))
        .isInstanceOf(UnreadableOutcomeException.class)
        .hasMessageStartingWith("predictions-3@14 is not of its schema 7");
  }

  @Test
  void shouldRefuseAPredictionWithoutADigit() {
    PredictionReader other =
        new PredictionReader(id -> Schema.createRecord("P", null, null, false, List.of()));
    var record = Records.record(new byte[] {0, 0, 0, 0, 1}, Map.of());

    assertThatThrownBy(() -> other.digit(record))
        .hasMessage("predictions-3@14 has no number in the field digit: {}");
  }

  @Test
  void shouldWriteDigitsThatAvroReads() throws Exception {
    // when
    byte[] value = new DigitWriter(0x01020304).write("digit-1", List.of(0f, 0.5f, 1f));

    // then
    assertThat(ByteBuffer.wrap(value, 0, 5).get()).isZero();
    assertThat(ByteBuffer.wrap(value, 1, 4).getInt()).isEqualTo(0x01020304);
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    rest.write(value, 5, value.length - 5);
    GenericRecord read =
        new GenericDatumReader<GenericRecord>(DigitWriter.SCHEMA)
            .read(null, DecoderFactory.get().binaryDecoder(rest.toByteArray(), null));
    assertThat(read.get("id")).hasToString("digit-1");
    assertThat(read.get("pixels")).isEqualTo(List.of(0f, 0.5f, 1f));
  }
}
