package io.penstock.service;

import io.penstock.streams.Pipeline;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pipelines that rest while this instance does not know what the fleet has decided lately
 * ({@code control.when-stale: pause}). One that comes later is told what the others were told.
 * Thread-safe; its monitor is held while pipelines are told.
 */
final class StaleRest {

  private final Set<Pipeline> pipelines = new LinkedHashSet<>();
  private @Nullable String reason;
  private @Nullable Long knownUntilNanos;

  /** A pipeline more. */
  synchronized void add(Pipeline pipeline) {
    pipelines.add(pipeline);
    if (knownUntilNanos != null) {
      pipeline.known(knownUntilNanos);
    }
    if (reason != null) {
      pipeline.pause(Pipeline.Pause.STALE, reason);
    }
  }

  /** A pipeline less. */
  synchronized void remove(Pipeline pipeline) {
    pipelines.remove(pipeline);
  }

  /**
   * What the fleet has decided lately is not known.
   *
   * @return how many pipelines rest therefore
   */
  synchronized int begin(String why) {
    reason = why;
    pipelines.forEach(pipeline -> pipeline.pause(Pipeline.Pause.STALE, why));
    return pipelines.size();
  }

  /** It is known again. */
  synchronized void end() {
    reason = null;
    pipelines.forEach(pipeline -> pipeline.resume(Pipeline.Pause.STALE));
  }

  /** It counts as known until then. */
  synchronized void known(long untilNanos) {
    knownUntilNanos = untilNanos;
    pipelines.forEach(pipeline -> pipeline.known(untilNanos));
  }
}
