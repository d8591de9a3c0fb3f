package io.penstock.check.model;

import io.penstock.batching.shape.VariableLengths;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputBinding;
import io.penstock.codec.MappingException;
import io.penstock.codec.avro.PredictionSchemas;
import io.penstock.config.BatchConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.model.ModelSignature;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.apache.avro.Schema;

/** A pipeline with its model's folder: which versions it could serve. */
public record CheckedPipeline(String name, PipelineConfig config, ModelFolder model) {

  /** Its signature in each complete version that has it. */
  SortedMap<Long, ModelSignature> signatures() {
    return model.signatures(config.signature());
  }

  /** Its signature in each complete version that it can serve. */
  public SortedMap<Long, ModelSignature> servable() {
    SortedMap<Long, ModelSignature> servable = signatures();
    servable.values().removeIf(signature -> !fits(signature));
    return servable;
  }

  /**
   * The fields of each input.
   *
   * @throws MappingException if its fields do not fit the signature
   */
  public List<InputBinding> bindings(ModelSignature signature) {
    return new FieldMapping(config.input().fields()).bind(signature);
  }

  /**
   * The schema of its predictions.
   *
   * @throws MappingException if the signature's outputs cannot be written
   */
  public Schema predictions(ModelSignature signature) {
    return PredictionSchemas.of(config.model(), signature);
  }

  /**
   * Checks that padding and cost fit the signature.
   *
   * @throws MappingException if they do not
   */
  void checkLengths(ModelSignature signature) {
    var unused = lengths(config.batch()).bind(name, signature);
  }

  /** What a configuration says of inputs with open dimensions. */
  public static VariableLengths lengths(BatchConfig batch) {
    BatchConfig.Cost cost = batch.cost();
    return new VariableLengths(
        batch.padding(),
        batch.lengthBuckets(),
        cost == null ? null : new VariableLengths.Cost(cost.input(), cost.max()));
  }

  /** The bindings as a user reads them: {@code x from [age, income]}. */
  public static String describe(List<InputBinding> bindings) {
    return bindings.stream()
        .map(b -> b.input().name() + " from " + (b.isStacked() ? b.paths() : b.paths().get(0)))
        .collect(Collectors.joining(", "));
  }

  private boolean fits(ModelSignature signature) {
    try {
      var unusedBindings = bindings(signature);
      var unusedSchema = predictions(signature);
      checkLengths(signature);
      return true;
    } catch (MappingException e) {
      return false;
    }
  }
}
