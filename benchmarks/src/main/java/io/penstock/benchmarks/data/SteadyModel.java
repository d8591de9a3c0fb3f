package io.penstock.benchmarks.data;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * A network whose runs take the same time, of one row or of a hundred, as on a device of its own:
 * each run waits, and leaves the processors to whoever gathers its rows. So rows per run are the
 * rate times that.
 */
public final class SteadyModel {

  private static final int WIDTH = 64;

  private SteadyModel() {}

  /** Saves one whose runs take so long in a folder, unless it is there. */
  public static void save(Path folder, Duration run) {
    // The dataset sleeps before its only element, and once more before its end.
    long sleepMicros = TimeUnit.NANOSECONDS.toMicros(run.toNanos()) / 2;
    SavedNetwork.save(
        folder,
        WIDTH,
        (tf, first, weights) ->
            tf.math.add(first, tf.dtypes.cast(zeroAfter(tf, sleepMicros), TFloat32.class)));
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
