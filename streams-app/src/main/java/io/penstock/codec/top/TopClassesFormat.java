package io.penstock.codec.top;

import io.penstock.codec.MappingException;
import io.penstock.codec.OutputFormat;
import io.penstock.codec.PredictionEncoder;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableVersion;
import java.util.List;

/** Another format, of predictions that hold the best classes only. Thread-safe. */
public final class TopClassesFormat implements OutputFormat {

  private final OutputFormat format;
  private final TopClasses top;

  public TopClassesFormat(OutputFormat format, TopClasses top) {
    this.format = format;
    this.top = top;
  }

  /**
   * {@inheritDoc}
   *
   * @throws MappingException also if the version has no labels for its classes
   */
  @Override
  public PredictionEncoder encoder(ServableVersion version, ModelSignature signature) {
    ModelSignature shown = top.of(signature);
    String file = top.labels();
    List<byte[]> labels =
        file == null ? null : ClassLabels.read(version, file, top.scored(signature));
    return new TopClassesEncoder(
        format.encoder(version, shown), signature.outputs(), shown.outputs(), top, labels);
  }

  @Override
  public void requireWritable(String model, ModelSignature signature) {
    format.requireWritable(model, top.of(signature));
  }
}
