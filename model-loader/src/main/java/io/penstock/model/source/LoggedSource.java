package io.penstock.model.source;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source that writes down what changes from one scan to the next, and reports it when another
 * fails to scan. Not thread-safe, but for {@link #hasChanged}.
 */
public final class LoggedSource implements ModelSource {

  private final String model;
  private final ModelSource source;
  private final Logger log;
  private String unavailable = "";
  private SortedMap<Long, String> pending = Collections.emptySortedMap();

  public LoggedSource(String model, ModelSource source) {
    this(model, source, LoggerFactory.getLogger(LoggedSource.class));
  }

  LoggedSource(String model, ModelSource source, Logger log) {
    this.model = model;
    this.source = source;
    this.log = log;
  }

  @Override
  public SourceReport scan() {
    SourceReport report;
    @Nullable Throwable failure = null;
    try {
      report = source.scan();
    } catch (RuntimeException | LinkageError e) {
      report = new SourceReport.Unavailable("Could not scan for servable " + model + ": " + e);
      failure = e;
    }
    if (report instanceof SourceReport.Unavailable missing) {
      log(missing, failure);
    } else if (report instanceof SourceReport.Aspired found) {
      log(found);
    }
    return report;
  }

  /** Tells the source; one that fails over it may know the next time. */
  @Override
  public void wanted(Set<Long> versions) {
    try {
      source.wanted(versions);
    } catch (RuntimeException | LinkageError e) {
      log.warn("Servable {}: its source failed over what is wanted: {}.", model, versions, e);
    }
  }

  /** Whether the source says so; one that fails to say is left to the polls. */
  @Override
  public boolean mayHaveChanged() {
    try {
      return source.mayHaveChanged();
    } catch (RuntimeException | LinkageError e) {
      log.debug("Servable {}: its source could not say whether it has changed.", model, e);
      return false;
    }
  }

  /** Whether the source says so; one that fails to say has seen no change. Thread-safe. */
  @Override
  public boolean hasChanged(AspiredVersion version) {
    try {
      return source.hasChanged(version);
    } catch (RuntimeException | Error e) {
      log.warn(
          "{}/{}: its source could not say whether its files have changed.",
          model,
          version.version(),
          e);
      return false;
    }
  }

  @Override
  public void close() {
    try {
      source.close();
    } catch (RuntimeException | LinkageError e) {
      log.warn("Servable {}: its source did not close cleanly.", model, e);
    }
  }

  /**
   * Once, as long as the reason stays the same; with the trace of what a source should not throw.
   */
  private void log(SourceReport.Unavailable report, @Nullable Throwable failure) {
    if (!report.reason().equals(unavailable)) {
      log.warn("{}", report.reason(), failure);
    }
    unavailable = report.reason();
  }

  private void log(SourceReport.Aspired report) {
    unavailable = "";
    report
        .pending()
        .forEach(
            (version, reason) -> {
              if (!reason.equals(pending.get(version))) {
                log.info("{}/{} is not complete yet: {}.", model, version, reason);
              }
            });
    pending = report.pending();
  }
}
