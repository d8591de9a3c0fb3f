package io.penstock.check.model;

import io.penstock.batching.shape.VariableLengths;
import io.penstock.codec.MappingException;
import io.penstock.codec.catalog.FormatCatalog;
import io.penstock.codec.catalog.PipelineFormats;
import io.penstock.config.BatchConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.model.ModelSignature;
import io.penstock.registry.SchemaRegistry;
import java.util.SortedMap;
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
   * What feeds each input, for people.
   *
   * @throws MappingException if its format or its fields do not fit the signature
   */
  public String describeInput(ModelSignature signature) {
    return PipelineFormats.offline().input(config.input()).describe(signature);
  }

  /**
   * Checks that the signature's outputs can be written.
   *
   * @throws MappingException if they cannot
   */
  void checkOutput(ModelSignature signature) {
    PipelineFormats.offline()
        .output(config.input().topic(), config.output())
        .requireWritable(config.model(), signature);
  }

  /**
   * The schema of its predictions, if they are Avro. Asks the registry where that says of which
   * types copied fields are.
   *
   * @throws MappingException if the signature's outputs or the copied fields cannot be written
   * @throws io.penstock.registry.RegistryException if the registry does not answer
   */
  public Schema predictions(SchemaRegistry registry, ModelSignature signature) {
    return new PipelineFormats(FormatCatalog.load(), registry, false)
        .predictions(config, signature);
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

  private boolean fits(ModelSignature signature) {
    try {
      var unused = describeInput(signature);
      checkOutput(signature);
      checkLengths(signature);
      return true;
    } catch (MappingException e) {
      return false;
    }
  }
}
