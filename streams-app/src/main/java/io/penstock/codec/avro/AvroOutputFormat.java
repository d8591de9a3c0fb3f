package io.penstock.codec.avro;

import io.penstock.codec.OutputFormat;
import io.penstock.codec.PredictionEncoder;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableId;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.WriterSchemas;

/**
 * Predictions in Avro binary with Confluent's framing, in the schema of {@link PredictionSchemas}.
 * Thread-safe.
 */
public final class AvroOutputFormat implements OutputFormat {

  private final WriterSchemas schemas;
  private final String subject;

  /**
   * Writes under that subject, {@code <output topic>-value} by Confluent's convention.
   *
   * @param autoRegister whether a schema that the registry does not have yet may be registered
   */
  public AvroOutputFormat(SchemaRegistry registry, String subject, boolean autoRegister) {
    this.schemas = new WriterSchemas(registry, autoRegister);
    this.subject = subject;
  }

  @Override
  public PredictionEncoder encoder(ServableId version, ModelSignature signature) {
    int id = schemas.idOf(subject, PredictionSchemas.of(version.model(), signature));
    return new AvroPredictionEncoder(id, signature.outputs());
  }
}
