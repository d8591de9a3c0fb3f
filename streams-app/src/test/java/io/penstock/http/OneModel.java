package io.penstock.http;

import io.penstock.config.HttpConfig;
import io.penstock.http.exchange.Exchange;
import io.penstock.http.serving.FakeModels;
import io.penstock.inference.InferenceSettings;
import io.penstock.inference.InferenceThreads;
import io.penstock.model.BatchSizes;
import io.penstock.requests.RequestDoor;
import io.penstock.requests.RequestSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;

/** A door to {@link HalfPlusTwo}, with inference threads behind it. */
public final class OneModel implements AutoCloseable {

  /** Bytes of a body at most. */
  public static final int MAX_BODY = 1 << 16;

  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final InferenceThreads inference =
      InferenceThreads.start(new InferenceSettings(2, 1), reason -> {});
  private final RequestDoor door =
      new RequestDoor(
          new HalfPlusTwo(),
          new RequestSettings(
              BatchSizes.upTo(8),
              1 << 20,
              Duration.ofMillis(1),
              1,
              2,
              1000,
              1 << 20,
              TIMEOUT,
              TIMEOUT),
          inference,
          ForkJoinPool.commonPool(),
          (refusal, nanos) -> {});

  /** What answers for it, in a service that is as that one is. */
  public RequestPaths paths(Supplier<HealthReport> health) {
    return RequestPaths.of(
        new Exchange(
            name -> Optional.of(door).filter(it -> name.equals("half_plus_two")),
            MAX_BODY,
            TIMEOUT,
            ForkJoinPool.commonPool()),
        FakeModels::model,
        health);
  }

  /** A server for it on a port of its own. */
  public RequestServer serve(HttpConfig config) {
    return RequestServer.start(config, paths(OneModel::healthy), FakeModels::model);
  }

  /** The same for everybody on this machine. */
  public RequestServer serve() {
    return serve(HttpConfig.plain(new HttpConfig.Address("127.0.0.1", 0)));
  }

  private static HealthReport healthy() {
    return new HealthReport(
        new TreeMap<>(), new TreeMap<>(), new HealthReport.ControlPlane(true, "FOLLOWING", ""));
  }

  @Override
  public void close() {
    door.close();
    inference.close();
  }
}
