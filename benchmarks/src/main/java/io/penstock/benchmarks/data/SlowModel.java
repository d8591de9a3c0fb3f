package io.penstock.benchmarks.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/**
 * A network that computes a great deal for each row, made on the spot: 64 pixels to 10
 * probabilities, through one wide layer again and again.
 */
public final class SlowModel {

  private static final int PIXELS = 64;
  private static final int WIDTH = 2048;
  private static final int LAYERS = 16;
  private static final int CLASSES = 10;
  private static final long SEED = 42;

  private SlowModel() {}

  /** Saves it in a folder, unless it is there. */
  public static void save(Path folder) {
    if (Files.exists(folder)) {
      return;
    }
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> pixels =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, PIXELS)));
      Operand<TFloat32> layer = tf.linalg.matMul(pixels, weights(tf, session, PIXELS, WIDTH));
      Variable<TFloat32> wide = weights(tf, session, WIDTH, WIDTH);
      for (int i = 0; i < LAYERS; i++) {
        layer = tf.linalg.matMul(tf.nn.relu(layer), wide);
      }
      Operand<TFloat32> classes = tf.linalg.matMul(layer, weights(tf, session, WIDTH, CLASSES));
      Signature signature =
          Signature.builder()
              .key(Signature.DEFAULT_KEY)
              .input("pixels", pixels)
              .output("probabilities", tf.nn.softmax(classes))
              .build();
      SavedModelBundle.exporter(folder.toString())
          .withSession(session)
          .withSignature(signature)
          .export();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot save the slow model in " + folder, e);
    }
  }

  /** Random ones, of a size at which values neither vanish nor grow from layer to layer. */
  private static Variable<TFloat32> weights(Ops tf, Session session, int from, int to) {
    Variable<TFloat32> weights = tf.variable(Shape.of(from, to), TFloat32.class);
    Operand<TFloat32> normal =
        tf.random.statelessRandomNormal(
            tf.constant(new int[] {from, to}), tf.constant(new long[] {SEED, from}));
    Operand<TFloat32> scale = tf.constant((float) Math.sqrt(2.0 / from));
    session.runner().addTarget(tf.assign(weights, tf.math.mul(normal, scale))).run();
    return weights;
  }
}
