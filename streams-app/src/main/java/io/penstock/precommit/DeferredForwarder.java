package io.penstock.precommit;

import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorNode;
import org.apache.kafka.streams.processor.internals.ProcessorRecordContext;

/**
 * Forwards outcomes after the {@code process} call of their input has returned: from a later {@code
 * process}, between two polls, or from the pre-commit hook, each time under the input's own
 * context.
 *
 * <p>Not thread-safe: one per task, all calls on the stream thread.
 *
 * @param <K> key type forwarded
 * @param <V> value type forwarded
 */
public final class DeferredForwarder<K, V> {

  private final ProcessorContext<K, V> context;
  private final InternalProcessorContext<K, V> internals;
  private final ProcessorNode<?, ?, ?, ?> node;

  /**
   * To be called in a processor's {@code init}, while the processor's node is the current one.
   *
   * @param storeName the {@link PreCommitStore} connected to the processor
   * @param preCommit runs before each commit of the task; may forward
   */
  public DeferredForwarder(ProcessorContext<K, V> context, String storeName, Runnable preCommit) {
    this.context = context;
    this.internals = internals(context);
    this.node = internals.currentNode();
    PreCommitStore store = context.getStateStore(storeName);
    store.onPreCommit(() -> within(preCommit));
  }

  /** The scope of the record that is being processed now. */
  public RecordScope scope() {
    return new RecordScope(internals.recordContext());
  }

  /** Runs something that forwards, and leaves the task's current node and record as they were. */
  public void within(Runnable forwarding) {
    ProcessorNode<?, ?, ?, ?> callersNode = internals.currentNode();
    ProcessorRecordContext callersRecord = internals.recordContext();
    internals.setCurrentNode(node);
    try {
      forwarding.run();
    } finally {
      internals.setRecordContext(callersRecord);
      internals.setCurrentNode(callersNode);
    }
  }

  /**
   * Forwards to one child under the scope of an input; only {@link #within}.
   *
   * @throws TaskMigratedException if the thread was fenced: its tasks are somebody else's now
   * @throws StreamsException whatever else went wrong, so that the thread dies and its transaction
   *     is aborted. Never a {@code TimeoutException}, which out of anything but {@code process}
   *     Streams would take for a corrupted task. And never a {@code TaskCorruptedException}, which
   *     a send that failed earlier leaves behind for whichever task of the thread forwards next:
   *     Streams would revive the task that failed and let this one go on, past the record that it
   *     was processing.
   */
  public void forward(RecordScope scope, Record<K, V> outcome, String child) {
    internals.setRecordContext(scope.context());
    try {
      context.forward(outcome, child);
    } catch (TaskMigratedException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new StreamsException(
          "Could not forward the outcome of " + scope + " to " + child + ": " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <K, V> InternalProcessorContext<K, V> internals(ProcessorContext<K, V> context) {
    return (InternalProcessorContext<K, V>) (ProcessorContext<?, ?>) context;
  }
}
