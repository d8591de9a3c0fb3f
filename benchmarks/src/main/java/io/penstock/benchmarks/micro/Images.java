package io.penstock.benchmarks.micro;

import io.penstock.benchmarks.data.Workload;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputFormat;
import io.penstock.codec.InputRecord;
import io.penstock.codec.InputSettings;
import io.penstock.codec.OutputChoice;
import io.penstock.codec.OutputFormat;
import io.penstock.codec.OutputSettings;
import io.penstock.codec.avro.AvroInputFormat;
import io.penstock.codec.avro.AvroOutputFormat;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Records of 784 floats for a model of 10 scores: the shapes of the suites' main workload. */
final class Images {

  static final int FLOATS = 784;
  static final int SCORES = 10;

  static final Schema SCHEMA =
      SchemaBuilder.record("Image")
          .fields()
          .requiredString("id")
          .name("x")
          .type()
          .array()
          .items()
          .floatType()
          .noDefault()
          .endRecord();

  static final ModelSignature SIGNATURE =
      new ModelSignature(
          "serving_default",
          List.of(new TensorSpec("x", DType.FLOAT32, List.of(-1L, (long) FLOATS))),
          List.of(new TensorSpec("scores", DType.FLOAT32, List.of(-1L, (long) SCORES))));

  private Images() {}

  /** A record as a producer would send it. */
  static byte[] framed() {
    List<Float> values = IntStream.range(0, FLOATS).mapToObj(i -> (float) i / FLOATS).toList();
    return Workload.framed(
        OneSchema.ID,
        new GenericRecordBuilder(SCHEMA).set("id", "image-1").set("x", values).build());
  }

  /** A value as a record without key and headers. */
  static InputRecord record(byte[] value) {
    return new InputRecord("images", 0, null, value, new RecordHeaders());
  }

  static InputFormat inputs() {
    return new AvroInputFormat(
        new InputSettings(
            "images", FieldMapping.byName(), Map.of(), new OneSchema("images-value", SCHEMA)));
  }

  static OutputFormat outputs() {
    return new AvroOutputFormat(
        new OutputSettings(
            "scores", OutputChoice.ALL, Map.of(), new OneSchema("images-value", SCHEMA), false));
  }
}
