package io.penstock.inference;

import io.penstock.batching.Inference;
import io.penstock.batching.KnownRows;
import io.penstock.batching.RowFailure;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.VersionQuarantinedException;
import io.penstock.codec.DeadLetterReason;
import io.penstock.inference.InferenceStatistics.Stage;
import io.penstock.inference.schedule.Run;
import io.penstock.model.ModelRunException;
import io.penstock.model.Rows;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Computes runs, one after the other: gathers and pads the rows, runs the model, encodes each row.
 *
 * <p>When the model fails, <b>data</b> is told from the <b>model</b> by a {@link CulpritSearch}:
 * rows to blame become dead letters, and if it is not the rows the batches fail. When <b>memory</b>
 * is short, halves are run instead, a few times.
 *
 * <p>Not thread-safe: one per inference thread.
 */
final class RunExecution {

  /** Down to a sixteenth of a run. */
  private static final int MAX_HALVINGS = 4;

  private final Function<String, InferenceStatistics> statisticsOf;
  private final LongSupplier clock;

  /** By identity, and no longer than somebody else knows the version. */
  private final Map<VersionBinding, Workspace> workspaces = new WeakHashMap<>();

  /**
   * @param statisticsOf a pipeline's
   * @param clock a monotonic clock in nanoseconds
   */
  RunExecution(Function<String, InferenceStatistics> statisticsOf, LongSupplier clock) {
    this.statisticsOf = statisticsOf;
    this.clock = clock;
  }

  /** Computes a run and finishes its batches, come what may. */
  void compute(Run run) {
    VersionBinding binding = run.binding();
    InferenceStatistics.Listener listener =
        statisticsOf.apply(binding.terms().pipeline()).listener();
    long began = clock.getAsLong();
    run.eachWait(
        began,
        nanos -> listener.passed(Stage.GATHER, nanos),
        nanos -> listener.passed(Stage.QUEUE, nanos));
    binding.runBegan(began);
    Times times = new Times();
    try {
      new Task(run, times).compute(0, run.rows(), 0);
    } catch (Throwable e) {
      // Errors too: the pipelines that wait for this thread are told, and the thread serves on.
      run.fail(e);
      return;
    } finally {
      long ended = clock.getAsLong();
      binding.runEnded(ended);
      times.tell(listener, ended - began);
      listener.ran(run.rows(), ended - began);
    }
    run.complete();
  }

  /** Where the time of one run goes. */
  private static final class Times {

    private long layOutNanos;
    private long modelNanos;

    /** What is neither of the first two is the third: row by row it is too short to be timed. */
    void tell(InferenceStatistics.Listener listener, long allNanos) {
      listener.passed(Stage.LAY_OUT, layOutNanos);
      listener.passed(Stage.MODEL, modelNanos);
      listener.passed(Stage.ENCODE, allNanos - layOutNanos - modelNanos);
    }
  }

  /** One run on its way. */
  private final class Task {

    private final Run run;
    private final VersionBinding binding;
    private final Workspace workspace;
    private final InferenceStatistics statistics;
    private final Times times;

    Task(Run run, Times times) {
      this.run = run;
      this.times = times;
      this.binding = run.binding();
      this.workspace = workspaces.computeIfAbsent(binding, key -> new Workspace(key.signature()));
      this.statistics = statisticsOf.apply(binding.terms().pipeline());
    }

    /** Computes rows {@code from} to {@code to}, in halves if memory is short. */
    void compute(int from, int to, int halvings) {
      Throwable shortage;
      try {
        computeAtOnce(from, to);
        return;
      } catch (OutOfMemoryError e) {
        shortage = e;
      } catch (ModelRunException e) {
        if (e.blame() != ModelRunException.Blame.MEMORY) {
          throw e;
        }
        shortage = e;
      }
      int middle = (from + to + 1) >>> 1;
      int size = size(to - from);
      if (halvings == MAX_HALVINGS || size(middle - from) == size) {
        throw new ModelRunException(
            binding
                + ": too little memory for a run of "
                + size
                + " rows, after "
                + halvings
                + " halvings: "
                + shortage.getMessage()
                + ". Lower batch.rows, or give the process more memory",
            shortage,
            ModelRunException.Blame.MEMORY);
      }
      compute(from, middle, halvings + 1);
      compute(middle, to, halvings + 1);
    }

    private int size(int rows) {
      return binding.sizes().padded(rows);
    }

    private void computeAtOnce(int from, int to) {
      int rows = to - from;
      int size = size(rows);
      long entered = clock.getAsLong();
      Rows inputs = workspace.gather(run, from, to, size);
      times.layOutNanos += clock.getAsLong() - entered;
      statistics.padded(size - rows);
      try {
        runModel(inputs, size);
      } catch (ModelRunException e) {
        if (e.blame() == ModelRunException.Blame.MEMORY) {
          throw e;
        }
        search(e, inputs, from, rows, size);
        return;
      }
      binding.knownRows().computed(inputs, 0);
      for (int row = 0; row < rows; row++) {
        encode(row, from + row);
      }
      statistics.computed(from == 0 ? run.batches() : 0, rows);
    }

    private void search(ModelRunException refusal, Rows inputs, int from, int rows, int size) {
      binding.searchBegan(clock.getAsLong());
      try {
        findCulprits(refusal, inputs, from, rows, size);
      } finally {
        binding.searchEnded(clock.getAsLong());
      }
    }

    private void findCulprits(
        ModelRunException refusal, Rows inputs, int from, int rows, int size) {
      new CulpritSearch(
              refusal,
              binding.signature(),
              inputs,
              rows,
              size,
              masked -> {
                statistics.searched();
                runModel(masked, size);
              },
              new CulpritSearch.Verdicts() {
                @Override
                public void clean(int row) {
                  binding.knownRows().computed(inputs, row);
                  encode(row, from + row);
                }

                @Override
                public void culprit(int row, ModelRunException failure) {
                  blame(from + row, failure);
                }
              })
          .run(binding.knownRows().computedLike(inputs));
      statistics.computed(from == 0 ? run.batches() : 0, rows);
    }

    private void runModel(Rows inputs, int size) {
      if (run.isGivenUp()) {
        throw new IllegalStateException(binding + ": nobody waits for the run any more");
      }
      long entered = clock.getAsLong();
      run.enterModel(entered);
      try {
        run.version().run(binding.signature(), inputs, size, workspace.outputs());
      } finally {
        run.leaveModel();
        times.modelNanos += clock.getAsLong() - entered;
      }
    }

    private void blame(int row, ModelRunException failure) {
      String message = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
      if (binding.terms().senders() == Inference.Senders.A_TOPIC && binding.knownRows().refused()) {
        VersionQuarantinedException broken =
            new VersionQuarantinedException(
                "pipeline "
                    + binding.terms().pipeline()
                    + ", version "
                    + binding
                    + " has refused each of the first "
                    + KnownRows.MAX_REFUSED_AT_FIRST
                    + " records it was given, the last with: "
                    + message
                    + ". It is not run any more: check input.fields against the model, or promote"
                    + " another version",
                failure);
        binding.quarantine(broken);
        throw broken;
      }
      run.fail(row, new RowFailure(DeadLetterReason.INFERENCE_FAILED, message));
    }

    private void encode(int outputRow, int row) {
      if (binding.terms().nonFinite() == Inference.NonFinite.DEAD_LETTER) {
        String violation =
            FiniteOutputs.violation(binding.signature(), workspace.outputs(), outputRow);
        if (violation != null) {
          run.fail(row, new RowFailure(DeadLetterReason.NON_FINITE_OUTPUT, violation));
          return;
        }
      }
      try {
        run.predict(row, binding.encoder().encode(workspace.outputs(), outputRow, run.copied(row)));
      } catch (RuntimeException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        run.fail(row, new RowFailure(DeadLetterReason.UNENCODABLE, message));
      }
    }
  }
}
