package io.penstock.model.source;

/**
 * A place that models come from: a directory, or an object store, a model registry, a list. To be
 * implemented by whoever has another; {@code ModelRuntime} takes any.
 *
 * <p>What an implementation has to keep:
 *
 * <ul>
 *   <li>Every report stands for itself: it is what the source aspires to now. A source is never
 *       told what became of a version, and need not remember what it said before.
 *   <li>An {@link AspiredVersion} is complete in a local directory and stays as it is. What is
 *       still being fetched is <em>pending</em>, with what it waits for; its number counts as
 *       there.
 *   <li>To take a version out of the report is to have it unloaded, unless it serves. So a source
 *       that cannot look, or that finds nothing at all, reports {@link SourceReport.Unavailable},
 *       which unloads nothing.
 *   <li>The revision differs when the files do: it makes a version that failed be tried again.
 * </ul>
 *
 * <p>Need not be thread-safe: all calls come from one thread of the model, on which nothing else
 * waits but whoever asks for a version. So a scan may block, while it should end: what takes long,
 * such as a download, is better done beside it and reported as pending meanwhile.
 */
@FunctionalInterface
public interface ModelSource extends AutoCloseable {

  /**
   * Looks once and says what is there. Called at once, after each poll interval, after {@link
   * #mayHaveChanged}, and when somebody asks for a version. Reports a failure to look instead of
   * throwing; an exception counts as one.
   */
  SourceReport scan();

  /**
   * Whether a scan may be worth while before the poll interval is over. Asked several times a
   * second, so it has to be cheap. A hint: a wrong yes costs a scan, a wrong no a poll interval.
   */
  default boolean mayHaveChanged() {
    return false;
  }

  /** Gives back what it holds. Called once, after the last scan. */
  @Override
  default void close() {}
}
