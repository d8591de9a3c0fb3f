package io.penstock.codec.copy;

import io.penstock.codec.CopiedField;
import io.penstock.codec.CopyTarget;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Rewrites a value of one schema in another, as Avro resolves schemas. The value's bytes have been
 * checked: lengths, indices and depth are sound.
 *
 * <p>Not thread-safe: a copier's own.
 */
final class AvroToAvro implements CopyTarget.Copy {

  private final CopiedField field;
  private final GenericDatumReader<Object> reader;
  private final GenericDatumWriter<Object> writer;
  private BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(new byte[0], null);
  private BinaryEncoder encoder =
      EncoderFactory.get().directBinaryEncoder(new ByteArrayOutputStream(), null);

  AvroToAvro(CopiedField field, Schema written, Schema expected) {
    this.field = field;
    this.reader = new GenericDatumReader<>(written, expected);
    this.writer = new GenericDatumWriter<>(expected);
  }

  @Override
  public void append(byte[] record, int from, int to, ByteArrayOutputStream copies) {
    decoder = DecoderFactory.get().binaryDecoder(record, from, to - from, decoder);
    encoder = EncoderFactory.get().directBinaryEncoder(copies, encoder);
    try {
      writer.write(reader.read(null, decoder), encoder);
    } catch (AvroRuntimeException e) {
      throw new UndecodableRecordException(
          DeadLetterReason.SCHEMA_MISMATCH,
          "Field %s does not fit the schema of predictions: %s (keys: output.copy, output.copy-schema)"
              .formatted(field.path(), e.getMessage()));
    } catch (IOException e) {
      throw new UndecodableRecordException(
          DeadLetterReason.MALFORMED,
          "Field %s: %s (key: output.copy)".formatted(field.path(), e.getMessage()));
    }
  }
}
