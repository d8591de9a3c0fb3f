package io.penstock.model.tensorflow;

import java.io.IOException;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** A SavedModel of 49 MB: each of its outputs is the mean of its inputs. */
final class LargeModel {

  /** Inputs, and outputs, of a row. */
  static final int WIDTH = 3500;

  private LargeModel() {}

  /** Saves it in a folder. */
  static void save(Path folder) throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Shape square = Shape.of(WIDTH, WIDTH);
      Placeholder<TFloat32> x =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, WIDTH)));
      Variable<TFloat32> weights = tf.variable(square, TFloat32.class);
      session
          .runner()
          .addTarget(
              tf.assign(
                  weights, tf.fill(tf.constant(new int[] {WIDTH, WIDTH}), tf.constant(1f / WIDTH))))
          .run();
      Signature signature =
          Signature.builder()
              .key(Signature.DEFAULT_KEY)
              .input("x", x)
              .output("mean", tf.linalg.matMul(x, weights))
              .build();
      SavedModelBundle.exporter(folder.toString())
          .withSession(session)
          .withSignature(signature)
          .export();
    }
  }
}
