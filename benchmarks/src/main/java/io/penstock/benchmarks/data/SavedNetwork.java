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

/** Networks of random weights, made on the spot: 64 pixels to 10 probabilities. */
final class SavedNetwork {

  private static final int PIXELS = 64;
  private static final int CLASSES = 10;
  private static final long SEED = 42;

  private SavedNetwork() {}

  /** What is between the first layer and the last. */
  @FunctionalInterface
  interface Middle {

    /**
     * The values that the last layer takes, (rows, width).
     *
     * @param first the first layer's values, of the same shape
     * @param weights (width, width)
     */
    Operand<TFloat32> of(Ops tf, Operand<TFloat32> first, Variable<TFloat32> weights);
  }

  /**
   * Saves one in a folder, unless it is there.
   *
   * @param width of its layers; the weights between them are (width, width)
   */
  static void save(Path folder, int width, Middle middle) {
    if (Files.exists(folder)) {
      return;
    }
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> pixels =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, PIXELS)));
      Operand<TFloat32> first = tf.linalg.matMul(pixels, weights(tf, session, PIXELS, width));
      Operand<TFloat32> last = middle.of(tf, first, weights(tf, session, width, width));
      Operand<TFloat32> classes = tf.linalg.matMul(last, weights(tf, session, width, CLASSES));
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
      throw new UncheckedIOException("Cannot save a network in " + folder, e);
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
