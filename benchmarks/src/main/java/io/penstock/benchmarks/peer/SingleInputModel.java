package io.penstock.benchmarks.peer;

import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.loading.LoadedModel;
import io.penstock.model.tensorflow.SavedModelLoader;
import io.penstock.model.tensorflow.SessionSettings;
import java.nio.file.Path;
import java.util.Set;

/**
 * A SavedModel with one input and one output of floats, run on the caller's thread. Not
 * thread-safe; several of one process share nothing.
 */
public final class SingleInputModel {

  private static final String SIGNATURE = "serving_default";

  private final LoadedModel model;
  private final ModelSignature signature;
  private final Rows inputs;
  private final Rows outputs;
  private final NumericColumn input;
  private final NumericColumn output;

  /**
   * Loads the model.
   *
   * @param maxRows the most rows of a run
   */
  public SingleInputModel(Path directory, int maxRows) {
    this.model =
        new SavedModelLoader(SessionSettings.defaults())
            .load(new ServableId("model", 1), directory, Set.of(SIGNATURE));
    this.signature = model.signature(SIGNATURE).orElseThrow();
    this.inputs = Rows.of(signature.inputs(), maxRows);
    this.outputs = Rows.of(signature.outputs());
    this.input = (NumericColumn) inputs.column(0);
    this.output = (NumericColumn) outputs.column(0);
  }

  /** Floats of a row of the input. */
  public int inputFloats() {
    return input.rowElements();
  }

  /** Sets a row of the input. */
  public void put(int row, float[] values) {
    int offset = input.offset(row, 0);
    for (float value : values) {
      input.putFloat(offset, value);
      offset += Float.BYTES;
    }
  }

  /** Runs that many rows. */
  public void run(int rows) {
    model.run(signature, inputs, rows, outputs);
  }

  /** A row of the output of the last run. */
  public float[] get(int row) {
    float[] values = new float[output.rowElements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = output.floatAt(output.offset(row, i));
    }
    return values;
  }
}
