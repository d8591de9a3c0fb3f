package io.penstock.batching;

import com.fasterxml.jackson.core.JsonFactory;
import io.penstock.batching.plan.BatchPlan;
import io.penstock.batching.shape.VariableLengths;
import io.penstock.codec.CopiedField;
import io.penstock.codec.CopyTarget;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.FieldCopier;
import io.penstock.codec.InputFormat;
import io.penstock.codec.InputRecord;
import io.penstock.codec.InputRecords;
import io.penstock.codec.PredictionEncoder;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.copy.JsonCopies;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model whose prediction of a number is version · 1,000,000 + number, and holds a byte of its
 * record: one that holds another's is not encoded. Records are 8-byte numbers; empty ones it has
 * not foreseen, and anything else does not decode. Negative numbers make the whole run fail, as a
 * bad row does in TensorFlow.
 *
 * <p>One {@linkplain #withOpenShapes with open shapes} also takes tokens and pixels of any length,
 * and fails when a row holds anything but its own tokens and pixels, then padding.
 */
public final class FakeModel implements ServableVersion, InputFormat {

  private static final ModelSignature FIXED =
      new ModelSignature(
          "serving_default",
          List.of(new TensorSpec("x", DType.INT64, List.of(-1L))),
          List.of(new TensorSpec("y", DType.INT64, List.of(-1L))));

  /** What rows of the model with open shapes are padded with; 0 in pixels are never padded. */
  static final VariableLengths TOKENS_PADDED =
      new VariableLengths(Map.of("tokens", "-7"), List.of(), null);

  private static final ModelSignature OPEN =
      new ModelSignature(
          "serving_default",
          List.of(
              new TensorSpec("pixels", DType.UINT8, List.of(-1L, -1L, 2L)),
              new TensorSpec("tokens", DType.INT32, List.of(-1L, -1L)),
              new TensorSpec("x", DType.INT64, List.of(-1L))),
          FIXED.outputs());

  private static final CopyTarget TARGET =
      new JsonCopies(new JsonFactory(), List.of(new CopiedField("number", "number")));

  private final ServableId id;
  private final ModelSignature signature;
  private final AtomicInteger leased = new AtomicInteger();
  private final List<Integer> runs = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean retired;
  private final AtomicBoolean failsOnce = new AtomicBoolean();
  private volatile boolean broken;
  private volatile int memoryRows = Integer.MAX_VALUE;
  private volatile Runnable beforeRun = () -> {};

  public FakeModel(long version) {
    this(version, FIXED);
  }

  private FakeModel(long version, ModelSignature signature) {
    this.id = new ServableId("fake", version);
    this.signature = signature;
  }

  /** A model of {@link #record(long, int, int) records} with tokens and pixels. */
  static FakeModel withOpenShapes(long version) {
    return new FakeModel(version, OPEN);
  }

  /** The bytes of a record of that number. */
  public static byte[] record(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  /** The bytes of a record of that number with as many tokens and twice as many pixels. */
  static byte[] record(long number, int tokens, int pixels) {
    return ByteBuffer.allocate(16).putLong(number).putInt(tokens).putInt(pixels).array();
  }

  /** A record of that number. */
  public static InputRecord input(long number) {
    return InputRecords.of(record(number));
  }

  /** A record of that number with as many tokens and twice as many pixels. */
  static InputRecord input(long number, int tokens, int pixels) {
    return InputRecords.of(record(number, tokens, pixels));
  }

  /** The number that a prediction holds. */
  public static long predicted(byte[] prediction) {
    return ByteBuffer.wrap(prediction).getLong();
  }

  /** A run is given up on after half a minute. */
  public static final Deadlines DEADLINES =
      Deadlines.of(Duration.ofMinutes(2), "max.poll.interval.ms", Duration.ofSeconds(30));

  /** Terms of a pipeline alone in its process, with batches of up to 128 rows. */
  public static final Inference.Terms TERMS = terms("fakes", 1, BatchSizes.upTo(128));

  /** Terms without a bound on bytes. */
  public static Inference.Terms terms(String pipeline, int share, BatchSizes sizes) {
    return new Inference.Terms(
        pipeline,
        share,
        sizes,
        Long.MAX_VALUE,
        Inference.NonFinite.PASS,
        BatchPlan.fixed(sizes.max(), Duration.ZERO),
        DEADLINES);
  }

  /** Terms of requests, whose refusals say nothing of the version. */
  public static Inference.Terms termsOfRequests(String name, int rows) {
    return new Inference.Terms(
        name,
        1,
        BatchSizes.upTo(rows),
        Long.MAX_VALUE,
        Inference.NonFinite.PASS,
        BatchPlan.fixed(rows, Duration.ZERO),
        DEADLINES,
        Inference.Senders.ANYBODY);
  }

  public VersionBinding binding() {
    return binding(TERMS);
  }

  public VersionBinding binding(Inference.Terms terms) {
    return binding(terms, VariableLengths.NONE);
  }

  /** A binding with that padding. */
  VersionBinding binding(VariableLengths lengths) {
    return binding(TERMS, lengths);
  }

  private VersionBinding binding(Inference.Terms terms, VariableLengths lengths) {
    return new VersionBinding(
        id, terms, "f" + id.version(), signature, this, lengths, new Encoder(), this::acquire);
  }

  /** What a record's prediction holds of it, which has to find its way to the right row. */
  static byte[] copied(long number) {
    return new byte[] {(byte) number};
  }

  @Override
  public FieldCopier copier(CopyTarget target) {
    return record -> copied(ByteBuffer.wrap(record.value()).getLong());
  }

  private final class Encoder implements PredictionEncoder {

    @Override
    public byte[] encode(Rows outputs, int row) {
      return record(((NumericColumn) outputs.column(0)).longAt(row * 8));
    }

    @Override
    public byte[] encode(Rows outputs, int row, byte[] copied) {
      byte[] prediction = encode(outputs, row);
      if (!Arrays.equals(copied, copied(predicted(prediction) - id.version() * 1_000_000))) {
        throw new IllegalStateException("copied of another record: " + Arrays.toString(copied));
      }
      return prediction;
    }

    @Override
    public Optional<CopyTarget> copyTarget() {
      return Optional.of(TARGET);
    }
  }

  /** Gives no lease from now on. */
  public void retire() {
    retired = true;
  }

  boolean isRetired() {
    return retired;
  }

  /** Fails every run from now on. */
  public void breakDown() {
    broken = true;
  }

  /** Fails the next run, whatever its rows. */
  public void failOnce() {
    failsOnce.set(true);
  }

  /** Has memory for runs of that many rows. */
  public void limitMemory(int rows) {
    memoryRows = rows;
  }

  /** The run fails, without a word of its rows; to be called {@linkplain #beforeRun before} it. */
  public static void failByChance() {
    throw new ModelRunException("the run fails by chance");
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

  /** A lease, unless it has retired. */
  public Optional<Lease> acquire() {
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
    return Set.of(signature.name());
  }

  @Override
  public Optional<ModelSignature> signature(String name) {
    return Optional.of(signature);
  }

  @Override
  public void run(ModelSignature signature, Rows inputs, int rows, Rows outputs) {
    runs.add(rows);
    beforeRun.run();
    if (rows > memoryRows) {
      throw new ModelRunException(
          "OOM when allocating", new IllegalStateException(), ModelRunException.Blame.MEMORY);
    }
    if (failsOnce.compareAndSet(true, false)) {
      failByChance();
    }
    if (signature.equals(OPEN)) {
      checkOwnContent((NumericColumn) inputs.column(0), rows, (byte) 0);
      checkOwnContent((NumericColumn) inputs.column(1), rows, (byte) -7);
    }
    NumericColumn x = (NumericColumn) inputs.column(inputs.columns().size() - 1);
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

  /** Every element of a row holds how many of its kind the row has, then comes padding. */
  private static void checkOwnContent(NumericColumn column, int rows, byte padding) {
    for (int row = 0; row < rows; row++) {
      int first = column.rowElements() == 0 ? 0 : column.bytes()[column.offset(row, 0)];
      if (first == 0) {
        continue; // Nothing, or the row of zeros that stands in for a bad one.
      }
      int own = Math.max(0, first);
      for (int element = 0; element < column.rowElements(); element++) {
        byte found = column.bytes()[column.offset(row, element)];
        if (found != (element < own ? own : padding)) {
          throw new IllegalStateException(
              "row %d of %d, element %d of %d: %d".formatted(row, rows, element, own, found));
        }
      }
    }
  }

  @Override
  public RecordDecoder decoder(ModelSignature signature) {
    return new RecordDecoder() {
      @Override
      public void prepare(InputRecord record) {}

      @Override
      public void decode(InputRecord from, Rows rows, int row) {
        byte[] value = from.value();
        int expected = signature.equals(OPEN) ? 16 : 8;
        if (value.length == 0) {
          throw new IllegalStateException("not foreseen");
        }
        if (value.length != expected) {
          throw new UndecodableRecordException(
              DeadLetterReason.MALFORMED,
              "length: " + value.length + " (expected: " + expected + ")");
        }
        ByteBuffer record = ByteBuffer.wrap(value);
        long number = record.getLong();
        int last = rows.columns().size() - 1;
        ((NumericColumn) rows.column(last)).putLong(row * 8, number);
        if (last > 0) {
          int tokens = record.getInt();
          int pixels = record.getInt();
          fill((NumericColumn) rows.column(1), new int[] {tokens}, tokens);
          fill((NumericColumn) rows.column(0), new int[] {pixels, 2}, 2 * pixels);
        }
      }
    };
  }

  private static void fill(NumericColumn column, int[] shape, int count) {
    column.reshape(shape, 1);
    Arrays.fill(column.bytes(), (byte) 0);
    for (int i = 0; i < count; i++) {
      column.bytes()[column.offset(0, i)] = (byte) count;
    }
  }
}
