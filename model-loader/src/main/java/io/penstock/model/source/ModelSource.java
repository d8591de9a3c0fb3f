package io.penstock.model.source;

import java.util.Set;

/**
 * A place that models come from: a directory, or an object store, a model registry, a list. To be
 * implemented by whoever has another; {@code ModelRuntime} takes any.
 *
 * <p>What an implementation has to keep:
 *
 * <ul>
 *   <li>Every report stands for itself: it is what the source aspires to now. A source need not
 *       remember what it said before. What becomes of a version it hears only as far as that is
 *       {@link #wanted}.
 *   <li>An {@link AspiredVersion} is complete in a local directory and stays as it is, or {@link
 *       #hasChanged} says that it has not, and what was loaded of it is thrown away. What is still
 *       being fetched is <em>pending</em>, with what it waits for; its number counts as there.
 *   <li>To take a version out of the report is to have it unloaded, unless it serves. So a source
 *       that cannot look, or that finds nothing at all, reports {@link SourceReport.Unavailable},
 *       which unloads nothing.
 *   <li>The revision differs when the files do: it makes a version that failed be tried again.
 * </ul>
 *
 * <p>Need not be thread-safe, but for {@link #hasChanged}: all other calls come from one thread of
 * the model, for which nobody waits but who asks for a version. So a scan may block, while it
 * should end: what takes long, such as a download, is better done beside it and reported as pending
 * meanwhile.
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
   * Says which versions are to be loaded, or are: those that the version policy selects from all
   * that the source has reported, complete or not, that somebody has asked for, and that are being
   * loaded. Called whenever that changes, with the whole set, which is empty at first.
   *
   * <p>A source that fetches versions from elsewhere need fetch no others: it reports them as
   * pending, since what it does not report cannot be selected. Nor need it keep what is not wanted
   * any more: a version that is loaded does not need its files. What it reports as complete stays
   * loadable until it is told otherwise.
   */
  default void wanted(Set<Long> versions) {}

  /**
   * Whether a scan may be worth while before the poll interval is over. Asked several times a
   * second, so it has to be cheap. A hint: a wrong yes costs a scan, a wrong no a poll interval.
   */
  default boolean mayHaveChanged() {
    return false;
  }

  /**
   * Whether the files of a version are not what they were when it was reported: asked once it is
   * loaded, so that what was found complete is what serves. Who cannot look says no, since that is
   * no change. Called on the thread that loads, so thread-safe, and part of the load's time.
   */
  default boolean hasChanged(AspiredVersion version) {
    return false;
  }

  /** Gives back what it holds. Called once, after the last scan. */
  @Override
  default void close() {}
}
