package io.penstock.metrics;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.penstock.inference.InferenceStatistics;
import io.penstock.requests.RefusedRequestException.Code;
import io.penstock.requests.RequestDoor;
import io.penstock.requests.RequestListener;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The meters of the requests for one model. Thread-safe. */
public final class RequestMeters implements RequestListener {

  private final ServiceMeters meters;
  private final Tags labels;
  private final Timer answered;
  private final Map<Code, Timer> refused = new EnumMap<>(Code.class);

  /** Meters of the requests for that model, of which there are none yet. */
  public RequestMeters(ServiceMeters meters, String model) {
    this.meters = meters;
    this.labels = Tags.of("model", model);
    this.answered = meters.timer(Metric.REQUESTS, labels.and("code", "OK"));
    for (Code code : Code.values()) {
      refused.put(code, meters.timer(Metric.REQUESTS, labels.and("code", code.name())));
    }
  }

  /** Adds the door that they come in by, and what is run for them. */
  public void add(RequestDoor door, InferenceStatistics inference, int mostRows) {
    meters.gauge(Metric.REQUEST_ROWS, labels, door, RequestDoor::queuedRows);
    PipelineMeters.bindRuns(meters, door.queueName(), inference, mostRows);
  }

  /** There is no such door any more: nothing is run for it. The rest goes with its model. */
  public void remove(RequestDoor door) {
    PipelineMeters.forget(meters, door.queueName());
  }

  @Override
  public void answered(Optional<Code> refusal, long nanos) {
    refusal
        .map(code -> Objects.requireNonNull(refused.get(code)))
        .orElse(answered)
        .record(nanos, TimeUnit.NANOSECONDS);
  }
}
