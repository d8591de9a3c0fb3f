package io.penstock.codec.raw;

import io.penstock.codec.MappingException;
import io.penstock.codec.OutputBinding;
import io.penstock.codec.OutputChoice;
import io.penstock.codec.OutputFormat;
import io.penstock.codec.OutputSettings;
import io.penstock.codec.PredictionEncoder;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableVersion;
import java.util.List;

/**
 * Predictions that are the bytes of one output's row: its elements in row-major order,
 * little-endian. A scalar string is the prediction as it is. Thread-safe.
 */
public final class RawOutputFormat implements OutputFormat {

  private final OutputChoice choice;

  public RawOutputFormat(OutputSettings settings) {
    settings.copies().requireNone("a raw prediction has no fields");
    this.choice = settings.outputs();
  }

  @Override
  public PredictionEncoder encoder(ServableVersion version, ModelSignature signature) {
    return new RawPredictionEncoder(output(signature).column());
  }

  @Override
  public void requireWritable(String model, ModelSignature signature) {
    var unused = output(signature);
  }

  private OutputBinding output(ModelSignature signature) {
    List<OutputBinding> outputs = choice.bind(signature);
    if (outputs.size() != 1) {
      throw new MappingException(
          "Signature "
              + signature.name()
              + " has the outputs "
              + outputs.stream().map(OutputBinding::output).toList()
              + " (expected: one, since a raw prediction is one tensor's row; name it in"
              + " output.outputs)");
    }
    OutputBinding output = outputs.get(0);
    if (output.output().dtype() == DType.STRING && !output.output().rowShape().isEmpty()) {
      throw new MappingException(
          "Output "
              + output.output()
              + " has rows of several strings (expected: one, since raw bytes do not say where the"
              + " next begins)");
    }
    return output;
  }
}
