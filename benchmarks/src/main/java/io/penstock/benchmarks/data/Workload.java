package io.penstock.benchmarks.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * A model and records for it.
 *
 * @param name of the workload and its model, in topics and variants
 * @param savedModel the folder of one version
 * @param fields what feeds the model's inputs, as in a pipeline's {@code input.fields}
 * @param schema of the records
 * @param records a few hundred different ones, used in turn
 */
public record Workload(
    String name,
    Path savedModel,
    Map<String, String> fields,
    Schema schema,
    List<GenericRecord> records) {

  private static final int FRAME_BYTES = 5;

  public Workload {
    fields = Map.copyOf(fields);
    records = List.copyOf(records);
  }

  /** The records in Confluent's framing: a zero byte, the schema's id as four bytes, Avro. */
  public List<byte[]> framed(int schemaId) {
    GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(schema);
    return records.stream().map(avro -> framed(schemaId, writer, avro)).toList();
  }

  /** A record in Confluent's framing. */
  public static byte[] framed(int schemaId, GenericRecord avro) {
    return framed(schemaId, new GenericDatumWriter<>(avro.getSchema()), avro);
  }

  private static byte[] framed(
      int schemaId, GenericDatumWriter<GenericRecord> writer, GenericRecord avro) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(FRAME_BYTES).put((byte) 0).putInt(schemaId).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    try {
      writer.write(avro, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
