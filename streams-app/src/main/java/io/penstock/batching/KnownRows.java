package io.penstock.batching;

import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the inference threads together know of a version's rows: some that it has computed, and how
 * many it has refused before there were any. Thread-safe, without a lock.
 */
public final class KnownRows {

  /**
   * A version that has refused so many records and computed none is broken, or fed wrongly: the
   * rest of the topic is not made dead letters of.
   */
  public static final int MAX_REFUSED_AT_FIRST = 16;

  /** Rows of so many shapes are kept, the first that come: nothing is copied after that. */
  static final int MAX_SHAPES = 8;

  private final ModelSignature signature;
  private volatile List<Rows> computed = List.of();
  private final AtomicInteger refusedAtFirst = new AtomicInteger();

  KnownRows(ModelSignature signature) {
    this.signature = signature;
  }

  /** A row of that shape (capacity 1, never written again) that was computed; null if none is. */
  public @Nullable Rows computedLike(Rows rows) {
    return like(rows, computed);
  }

  private static @Nullable Rows like(Rows rows, List<Rows> known) {
    for (Rows row : known) {
      if (row.hasRowShapeOf(rows)) {
        return row;
      }
    }
    return null;
  }

  /** That row of those was computed. */
  public void computed(Rows rows, int row) {
    List<Rows> before = computed;
    if (before.size() == MAX_SHAPES || like(rows, before) != null) {
      return;
    }
    Rows copy = Rows.of(signature.inputs());
    copy.reshapeLike(rows, 1);
    rows.copyRow(row, copy, 0);
    List<Rows> after = new ArrayList<>(before);
    after.add(copy);
    // Of two threads' rows at the same moment one may be lost: the shape comes again.
    computed = List.copyOf(after);
  }

  /** A row was refused. Whether it was one too many, no row having ever been computed. */
  public boolean refused() {
    return computed.isEmpty() && refusedAtFirst.incrementAndGet() >= MAX_REFUSED_AT_FIRST;
  }
}
