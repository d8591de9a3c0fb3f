package io.penstock.codec.json;

import com.fasterxml.jackson.core.JsonFactory;
import io.penstock.codec.Copies;
import io.penstock.codec.OutputBinding;
import io.penstock.codec.OutputChoice;
import io.penstock.codec.OutputFormat;
import io.penstock.codec.OutputSettings;
import io.penstock.codec.PredictionEncoder;
import io.penstock.codec.copy.JsonCopies;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableVersion;
import java.util.List;

/**
 * Predictions in JSON: an object with a member for each output, by its name, and for each copied
 * field. Thread-safe.
 *
 * @see JsonPredictionEncoder
 */
public final class JsonOutputFormat implements OutputFormat {

  private final JsonFactory json = JsonPredictionEncoder.factory();

  private final OutputChoice choice;
  private final Copies copies;

  public JsonOutputFormat(OutputSettings settings) {
    this.choice = settings.outputs();
    this.copies = settings.copies();
  }

  @Override
  public PredictionEncoder encoder(ServableVersion version, ModelSignature signature) {
    return new JsonPredictionEncoder(json, bind(signature), new JsonCopies(json, copies.fields()));
  }

  @Override
  public void requireWritable(String model, ModelSignature signature) {
    var unused = bind(signature);
  }

  private List<OutputBinding> bind(ModelSignature signature) {
    List<OutputBinding> outputs = choice.bind(signature);
    copies.requireOtherNames(outputs);
    return outputs;
  }
}
