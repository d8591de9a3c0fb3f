package io.penstock.model.source;

import java.util.Collections;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source that writes down what changes from one scan to the next, and reports it when another
 * fails to scan. Not thread-safe.
 */
public final class LoggedSource implements ModelSource {

  private static final Logger LOG = LoggerFactory.getLogger(LoggedSource.class);

  private final String model;
  private final ModelSource source;
  private String unavailable = "";
  private SortedMap<Long, String> pending = Collections.emptySortedMap();

  public LoggedSource(String model, ModelSource source) {
    this.model = model;
    this.source = source;
  }

  @Override
  public SourceReport scan() {
    SourceReport report;
    try {
      report = source.scan();
    } catch (RuntimeException | LinkageError e) {
      report = new SourceReport.Unavailable("Could not scan for servable " + model + ": " + e);
    }
    if (report instanceof SourceReport.Unavailable missing) {
      log(missing);
    } else if (report instanceof SourceReport.Aspired found) {
      log(found);
    }
    return report;
  }

  /** Whether the source says so; one that fails to say is left to the polls. */
  @Override
  public boolean mayHaveChanged() {
    try {
      return source.mayHaveChanged();
    } catch (RuntimeException | LinkageError e) {
      LOG.debug("Servable {}: its source could not say whether it has changed.", model, e);
      return false;
    }
  }

  @Override
  public void close() {
    try {
      source.close();
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("Servable {}: its source did not close cleanly.", model, e);
    }
  }

  private void log(SourceReport.Unavailable report) {
    if (!report.reason().equals(unavailable)) {
      LOG.warn("{}", report.reason());
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
                LOG.info("{}/{} is not complete yet: {}.", model, version, reason);
              }
            });
    pending = report.pending();
  }
}
