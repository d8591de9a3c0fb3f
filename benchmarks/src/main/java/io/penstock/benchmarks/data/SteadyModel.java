package io.penstock.benchmarks.data;

import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * A network whose runs take some 40 ms, of one row or of a hundred, as on a device of its own: each
 * run waits, and leaves the processors to whoever gathers its rows. So rows per run are the rate
 * times that.
 */
public final class SteadyModel {

  private static final int WIDTH = 64;

  /** Before the dataset's only element, and once more before its end. */
  private static final long SLEEP_MICROS = 20_000;

  private SteadyModel() {}

  /** Saves it in a folder, unless it is there. */
  public static void save(Path folder) {
    SavedNetwork.save(
        folder,
        WIDTH,
        (tf, first, weights) ->
            tf.math.add(first, tf.dtypes.cast(zeroAfter(tf, SLEEP_MICROS), TFloat32.class)));
  }

  /** TensorFlow has no operation that waits, but a dataset whose elements come slowly. */
  private static Operand<? extends TType> zeroAfter(Ops tf, long micros) {
    List<Class<? extends TType>> types = List.of(TInt64.class);
    List<Shape> shapes = List.of(Shape.scalar());
    Operand<TType> zero =
        tf.data.rangeDataset(tf.constant(0L), tf.constant(1L), tf.constant(1L), types, shapes);
    Operand<TType> late = tf.data.sleepDataset(zero, tf.constant(micros), types, shapes);
    return tf.data.datasetToSingleElement(late, types, shapes).iterator().next();
  }
}
