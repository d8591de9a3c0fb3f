package io.penstock.demo.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads which digit a prediction says. Thread-safe if the source of schemas is. */
public final class PredictionReader {

  private static final String ANSWER = "digit";
  private static final int FRAME_BYTES = 1 + Integer.BYTES;

  private final IntFunction<Schema> schemas;

  /** A reader that takes the schema of an id from there. */
  public PredictionReader(IntFunction<Schema> schemas) {
    this.schemas = schemas;
  }

  /**
   * The digit, 0 to 9, that the prediction says.
   *
   * @throws UnreadableOutcomeException if the value is not a framed Avro record with a field {@code
   *     digit}
   */
  public long digit(ConsumerRecord<byte[], byte[]> prediction) {
    byte[] value = prediction.value();
    if (value == null || value.length < FRAME_BYTES || value[0] != 0) {
      throw new UnreadableOutcomeException(
          prediction, "is not framed: expected a zero byte and a schema id of four bytes");
    }
    int id = ByteBuffer.wrap(value, 1, Integer.BYTES).getInt();
    Schema schema = schemas.apply(id);
    try {
      GenericRecord answer =
          new GenericDatumReader<GenericRecord>(schema)
              .read(
                  null,
                  DecoderFactory.get()
                      .binaryDecoder(value, FRAME_BYTES, value.length - FRAME_BYTES, null));
      if (answer.hasField(ANSWER) && answer.get(ANSWER) instanceof Number digit) {
        return digit.longValue();
      }
      throw new UnreadableOutcomeException(
          prediction, "has no number in the field %s: %s".formatted(ANSWER, answer));
    } catch (IOException | AvroRuntimeException e) {
      throw new UnreadableOutcomeException(
          prediction, "is not of its schema %d: %s".formatted(id, e.getMessage()));
    }
  }
}
