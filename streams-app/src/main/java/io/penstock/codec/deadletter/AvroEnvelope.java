package io.penstock.codec.deadletter;

import io.penstock.codec.Utf8;
import io.penstock.registry.WireFormat;
import io.penstock.schemas.DeadLetter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;

/** Avro in Confluent's framing. */
record AvroEnvelope(int schemaId) implements Envelope {

  @Override
  public byte[] write(DeadLetter letter) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] header = new byte[WireFormat.HEADER_BYTES];
    WireFormat.writeHeader(header, schemaId);
    out.writeBytes(header);
    try {
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new SpecificDatumWriter<>(DeadLetter.class).write(letter, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing into memory failed", e);
    }
    return out.toByteArray();
  }

  @Override
  public int textBytes(int codePoint) {
    return Utf8.length(codePoint);
  }

  @Override
  public int rawBytes(int room) {
    return room;
  }
}
