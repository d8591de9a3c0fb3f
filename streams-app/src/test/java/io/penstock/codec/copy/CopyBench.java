package io.penstock.codec.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.codec.AnyVersion;
import io.penstock.codec.Copies;
import io.penstock.codec.FieldCopier;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputFormat;
import io.penstock.codec.InputRecords;
import io.penstock.codec.InputSettings;
import io.penstock.codec.OutputChoice;
import io.penstock.codec.OutputFormat;
import io.penstock.codec.OutputSettings;
import io.penstock.codec.PredictionEncoder;
import io.penstock.codec.avro.AvroInputFormat;
import io.penstock.codec.avro.AvroOutputFormat;
import io.penstock.codec.example.ExampleInputFormat;
import io.penstock.codec.json.JsonInputFormat;
import io.penstock.codec.json.JsonOutputFormat;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import io.penstock.registry.InMemorySchemaRegistry;
import io.penstock.registry.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/** Records and predictions with fields of them, in every format, with a registry in memory. */
final class CopyBench {

  static final ModelSignature SIGNATURE =
      new ModelSignature(
          "serving_default",
          List.of(new TensorSpec("x", DType.FLOAT32, List.of(-1L))),
          List.of(new TensorSpec("score", DType.FLOAT32, List.of(-1L))));

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final Rows outputs = outputs();

  /** A record's prediction: an output, and the copied fields. */
  byte[] copy(InputFormat input, OutputFormat output, byte[] record) {
    return copying(input, output).apply(record);
  }

  /** The same for many records. */
  UnaryOperator<byte[]> copying(InputFormat input, OutputFormat output) {
    PredictionEncoder encoder = encoder(output);
    FieldCopier copier = input.copier(encoder.copyTarget().orElseThrow());
    return record -> encoder.encode(outputs, 0, copier.copy(InputRecords.of(record)));
  }

  static PredictionEncoder encoder(OutputFormat output) {
    return output.encoder(AnyVersion.of("fraud", 1), SIGNATURE);
  }

  InputFormat fromAvro() {
    return new AvroInputFormat(input());
  }

  InputFormat fromJson() {
    return new JsonInputFormat(input());
  }

  InputFormat fromExample() {
    return new ExampleInputFormat(input());
  }

  private InputSettings input() {
    return new InputSettings("in", FieldMapping.byName(), Map.of(), registry);
  }

  OutputFormat toJson(String... fields) {
    return new JsonOutputFormat(output(null, fields));
  }

  OutputFormat toAvro(@Nullable Schema types, String... fields) {
    return new AvroOutputFormat(output(types, fields));
  }

  private OutputSettings output(@Nullable Schema types, String... fields) {
    Copies copies = new Copies(Copies.fields(List.of(fields)), types, "in");
    String topic = "out-" + String.join("-", fields);
    return new OutputSettings(topic, OutputChoice.ALL, copies, Map.of(), registry, true);
  }

  /** A record in Confluent's framing. */
  byte[] avro(Schema schema, GenericRecord record) throws IOException {
    int id = registry.register("in-value", schema);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0);
    bytes.writeBytes(ByteBuffer.allocate(4).putInt(id).array());
    var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
    return bytes.toByteArray();
  }

  /** A prediction, read to its last byte by its registered schema. */
  GenericRecord avro(byte[] prediction) throws IOException {
    Schema schema = registry.schemaById(WireFormat.schemaId(prediction));
    int header = WireFormat.HEADER_BYTES;
    var decoder =
        DecoderFactory.get().binaryDecoder(prediction, header, prediction.length - header, null);
    GenericRecord record = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
    assertThat(decoder.isEnd()).isTrue();
    return record;
  }

  static String text(byte[] prediction) {
    return new String(prediction, UTF_8);
  }

  private static Rows outputs() {
    Rows rows = Rows.of(SIGNATURE.outputs(), 1);
    ((NumericColumn) rows.column(0)).putFloat(0, 0.5f);
    return rows;
  }
}
