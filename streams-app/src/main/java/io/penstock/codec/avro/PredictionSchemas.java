package io.penstock.codec.avro;

import io.penstock.codec.CopiedField;
import io.penstock.codec.MappingException;
import io.penstock.codec.OutputBinding;
import io.penstock.codec.OutputChoice;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/**
 * The Avro schema of a model's predictions: record {@code
 * io.penstock.predictions.<model>_<signature>} with one field for each output, sorted by name.
 * Scalars are {@code boolean}, {@code int}, {@code long}, {@code float} (16-bit floats too), {@code
 * double} or {@code string}; each further dimension of a row is an array around them.
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
   * @throws MappingException if two outputs have one name in Avro, or one is chosen that the
   *     signature lacks
   */
  public static Schema of(String model, ModelSignature signature, OutputChoice choice) {
    return of(model, signature, choice, List.of(), List.of());
  }

  /**
   * The same with copied fields behind the outputs, in the order in which they are given.
   *
   * @param types of the copied fields, one for each: their schemas and defaults
   */
  static Schema of(
      String model,
      ModelSignature signature,
      OutputChoice choice,
      List<CopiedField> copied,
      List<Field> types) {
    List<Field> fields = new ArrayList<>();
    Map<String, String> named = new LinkedHashMap<>();
    for (OutputBinding binding : choice.bind(signature)) {
      TensorSpec output = binding.output();
      String name = named(output.name(), output.toString(), named, signature);
      fields.add(new Field(name, schema(output)));
    }
    for (int i = 0; i < copied.size(); i++) {
      CopiedField field = copied.get(i);
      String name = named(field.name(), "copy " + field.path(), named, signature);
      fields.add(new Field(name, types.get(i).schema(), null, types.get(i).defaultVal()));
    }
    return Schema.createRecord(
        name(model + "_" + signature.name()),
        "Predictions of model " + model + ", signature " + signature.name() + ".",
        NAMESPACE,
        false,
        fields);
  }

  /**
   * Fails where outputs and copied fields have one name in Avro, whatever their types are.
   *
   * @throws MappingException naming both
   */
  static void requireOtherNames(
      ModelSignature signature, OutputChoice choice, List<CopiedField> copied) {
    Field any = new Field("any", Schema.create(Schema.Type.NULL));
    var unused = of("any", signature, choice, copied, Collections.nCopies(copied.size(), any));
  }

  /** A name in Avro, which nothing else must have. */
  private static String named(
      String text, String what, Map<String, String> named, ModelSignature signature) {
    String name = name(text);
    String twin = named.putIfAbsent(name, what);
    if (twin != null) {
      throw new MappingException(
          "Outputs "
              + twin
              + " and "
              + what
              + " of signature "
              + signature.name()
              + " both are "
              + name
              + " in Avro (expected: names that differ in letters, digits and underscores)");
    }
    return name;
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
