package io.penstock.codec.avro;

import io.penstock.codec.MappingException;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaBuilder.FieldAssembler;

/**
 * The Avro schema of a model's predictions: record {@code
 * io.penstock.predictions.<model>_<signature>} with one field for each output, in the signature's
 * order. Scalars are {@code boolean}, {@code int}, {@code long}, {@code float} (16-bit floats too),
 * {@code double} or {@code string}; each further dimension of a row is an array around them.
 *
 * <p>Avro's names are letters, digits and underscores and do not begin with a digit: any other
 * character becomes an underscore, and a first digit gets one in front.
 *
 * <p>Nothing in the schema depends on the version or on a dimension's length, so that versions of a
 * model share one schema for as long as their outputs have the same names, dtypes and ranks.
 */
public final class PredictionSchemas {

  private static final String NAMESPACE = "io.penstock.predictions";

  private PredictionSchemas() {}

  /**
   * The schema of what a signature of a model returns.
   *
   * @throws MappingException if two outputs have one name in Avro
   */
  public static Schema of(String model, ModelSignature signature) {
    FieldAssembler<Schema> fields =
        SchemaBuilder.record(name(model + "_" + signature.name()))
            .namespace(NAMESPACE)
            .doc("Predictions of model " + model + ", signature " + signature.name() + ".")
            .fields();
    Map<String, TensorSpec> named = new LinkedHashMap<>();
    for (TensorSpec output : signature.outputs()) {
      String field = name(output.name());
      TensorSpec twin = named.putIfAbsent(field, output);
      if (twin != null) {
        throw new MappingException(
            "Outputs "
                + twin.name()
                + " and "
                + output.name()
                + " of signature "
                + signature.name()
                + " both are "
                + field
                + " in Avro (expected: names that differ in letters, digits and underscores)");
      }
      fields.name(field).type(schema(output)).noDefault();
    }
    return fields.endRecord();
  }

  private static Schema schema(TensorSpec output) {
    Schema schema = Schema.create(element(output));
    for (int i = 0; i < output.rowShape().size(); i++) {
      schema = Schema.createArray(schema);
    }
    return schema;
  }

  private static Schema.Type element(TensorSpec output) {
    return switch (output.dtype()) {
      case BOOL -> Schema.Type.BOOLEAN;
      case INT8, INT16, INT32, UINT8, UINT16 -> Schema.Type.INT;
      case INT64, UINT32, UINT64 -> Schema.Type.LONG;
      case FLOAT32, FLOAT16, BFLOAT16 -> Schema.Type.FLOAT;
      case FLOAT64 -> Schema.Type.DOUBLE;
      case STRING -> Schema.Type.STRING;
    };
  }

  private static String name(String text) {
    String name = text.replaceAll("[^A-Za-z0-9_]", "_");
    return name.isEmpty() || Character.isDigit(name.charAt(0)) ? "_" + name : name;
  }
}
