package io.penstock.model.loading;

import io.penstock.model.ModelException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a load came to. */
public sealed interface Loaded {

  /** Gives back what it holds, since nobody wants it. Throws nothing. */
  void discard();

  /** A version that can serve. */
  record Fit(FitVersion version) implements Loaded {

    private static final Logger LOG = LoggerFactory.getLogger(Fit.class);

    @Override
    public void discard() {
      try {
        version.close();
      } catch (RuntimeException | Error e) {
        LOG.error(
            "{} did not close cleanly; its memory may not be given back.", version.model().id(), e);
      }
    }
  }

  /**
   * A version whose files are not any more what was judged to be complete.
   *
   * @param reason that says so
   */
  record Changed(ModelException reason) implements Loaded {
    @Override
    public void discard() {}
  }

  /**
   * A version for which there is no room before another has gone, which is on its way.
   *
   * @param reason that says which
   * @param room completes when another try is worth while, on any thread
   */
  record Postponed(ModelException reason, CompletionStage<Void> room) implements Loaded {
    @Override
    public void discard() {}
  }

  /**
   * A version whose load does not come back, or that is not loaded since others have not.
   *
   * @param reason that says so
   * @param cameBack completes when such a load has, on any thread: another try is worth while
   */
  record Hung(ModelException reason, CompletionStage<?> cameBack) implements Loaded {
    @Override
    public void discard() {}
  }

  /**
   * A version that cannot, or not now.
   *
   * @param unexpected what a loader should not throw, where it has
   */
  record Failed(ModelException reason, @Nullable Throwable unexpected) implements Loaded {

    /** Of a reason that says it all. */
    public Failed(ModelException reason) {
      this(reason, null);
    }

    @Override
    public void discard() {}
  }
}
