package io.penstock.benchmarks.data;

import java.nio.file.Path;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A network that computes a great deal for each row: through one wide layer again and again. */
public final class SlowModel {

  private static final int WIDTH = 2048;
  private static final int LAYERS = 16;

  private SlowModel() {}

  /** Saves it in a folder, unless it is there. */
  public static void save(Path folder) {
    SavedNetwork.save(
        folder,
        WIDTH,
        (tf, first, weights) -> {
          Operand<TFloat32> layer = first;
          for (int i = 0; i < LAYERS; i++) {
            layer = tf.linalg.matMul(tf.nn.relu(layer), weights);
          }
          return layer;
        });
  }
}
