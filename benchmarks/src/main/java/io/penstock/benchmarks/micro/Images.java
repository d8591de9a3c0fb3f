package io.penstock.benchmarks.micro;

import io.penstock.benchmarks.data.Workload;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputFormat;
import io.penstock.codec.OutputFormat;
import io.penstock.codec.avro.AvroInputFormat;
import io.penstock.codec.avro.AvroOutputFormat;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecordBuilder;

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

  static InputFormat inputs() {
    return new AvroInputFormat(new OneSchema(SCHEMA), FieldMapping.byName());
  }

  static OutputFormat outputs() {
    return new AvroOutputFormat(new OneSchema(SCHEMA), "scores-value", false);
  }
}
