package io.penstock.batching;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.InputFormat;
import io.penstock.codec.PredictionEncoder;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.BatchSizes;
import io.penstock.model.DType;
import io.penstock.model.Lease;
import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model whose prediction of a number is version · 1,000,000 + number. Records are 8-byte numbers;
 * anything else does not decode. Negative numbers make the whole run fail, as a bad row does in
 * TensorFlow.
 */
public final class FakeModel implements ServableVersion, InputFormat {

  private static final ModelSignature FIXED =
      new ModelSignature(
          "serving_default",
          List.of(new TensorSpec("x", DType.INT64, List.of(-1L))),
          List.of(new TensorSpec("y", DType.INT64, List.of(-1L))));

  private final ServableId id;
  private final AtomicInteger leased = new AtomicInteger();
  private final List<Integer> runs = new ArrayList<>();
  private volatile boolean retired;
  private volatile boolean broken;
  private volatile int memoryRows = Integer.MAX_VALUE;
  private volatile Runnable beforeRun = () -> {};

  public FakeModel(long version) {
    this.id = new ServableId("fake", version);
  }

  /** The bytes of a record of that number. */
  public static byte[] record(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  /** The number that a prediction holds. */
  public static long predicted(byte[] prediction) {
    return ByteBuffer.wrap(prediction).getLong();
  }

  /** Terms of a pipeline alone in its process, with batches of up to 128 rows. */
  public static final Inference.Terms TERMS =
      new Inference.Terms("fakes", 1, BatchSizes.upTo(128), Inference.NonFinite.PASS);

  public VersionBinding binding() {
    return binding(TERMS);
  }

  public VersionBinding binding(Inference.Terms terms) {
    PredictionEncoder encoder =
        (outputs, row) -> record(((NumericColumn) outputs.column(0)).longAt(row * 8));
    return new VersionBinding(id, terms, "f" + id.version(), FIXED, this, encoder, this::acquire);
  }

  /** Gives no lease from now on. */
  public void retire() {
    retired = true;
  }

  /** Fails every run from now on. */
  public void breakDown() {
    broken = true;
  }

  /** Has memory for runs of that many rows. */
  public void limitMemory(int rows) {
    memoryRows = rows;
  }

  /** Does that at the beginning of every run. */
  public void beforeRun(Runnable action) {
    beforeRun = action;
  }

  public int leased() {
    return leased.get();
  }

  /** How many rows each run had. */
  public List<Integer> runs() {
    return runs;
  }

  private Optional<Lease> acquire() {
    if (retired) {
      return Optional.empty();
    }
    leased.incrementAndGet();
    AtomicBoolean open = new AtomicBoolean(true);
    return Optional.of(
        new Lease() {
          @Override
          public ServableVersion version() {
            return FakeModel.this;
          }

          @Override
          public void close() {
            if (open.getAndSet(false)) {
              leased.decrementAndGet();
            }
          }
        });
  }

  @Override
  public ServableId id() {
    return id;
  }

  @Override
  public String fingerprint() {
    return "f" + id.version();
  }

  @Override
  public Set<String> signatures() {
    return Set.of(FIXED.name());
  }

  @Override
  public Optional<ModelSignature> signature(String name) {
    return Optional.of(FIXED);
  }

  @Override
  public void run(ModelSignature signature, Rows inputs, int rows, Rows outputs) {
    runs.add(rows);
    beforeRun.run();
    if (rows > memoryRows) {
      throw new ModelRunException(
          "OOM when allocating", new IllegalStateException(), ModelRunException.Blame.MEMORY);
    }
    NumericColumn x = (NumericColumn) inputs.column(0);
    NumericColumn y = (NumericColumn) outputs.column(0);
    y.reshape(new int[0], rows);
    for (int row = 0; row < rows; row++) {
      long number = x.longAt(row * 8);
      if (broken || number < 0) {
        throw new ModelRunException(
            "the model refuses " + number,
            new IllegalArgumentException(),
            broken ? ModelRunException.Blame.MODEL : ModelRunException.Blame.INPUT);
      }
      y.putLong(row * 8, id.version() * 1_000_000 + number);
    }
  }

  @Override
  public RecordDecoder decoder(ModelSignature signature) {
    return new RecordDecoder() {
      @Override
      public void prepare(byte[] value) {}

      @Override
      public void decode(byte[] value, Rows rows, int row) {
        if (value.length != 8) {
          throw new UndecodableRecordException(
              DeadLetterReason.MALFORMED, "length: " + value.length + " (expected: 8)");
        }
        ((NumericColumn) rows.column(0)).putLong(row * 8, ByteBuffer.wrap(value).getLong());
      }
    };
  }
}
