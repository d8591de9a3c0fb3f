package io.penstock.streams;

import io.penstock.pipeline.ThreadLanes;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a stream thread that dies has a successor. Kafka Streams starts one, but once
 * only: if its clients cannot be made at that moment, since no name of a broker resolves, say, it
 * goes on without the thread, and says that it is running. Thread-safe.
 */
final class ThreadSuccession {

  private static final Logger log = LoggerFactory.getLogger(ThreadSuccession.class);

  private static final Duration FIRST_REST = Duration.ofMillis(250);
  private static final int MAX_DOUBLINGS = 5;

  /** As {@code ThreadMetadata} has the last state of a thread. */
  private static final String DEAD = "DEAD";

  private final String pipeline;
  private final KafkaStreams run;
  private final ThreadLanes lanes;
  private final int threads;

  /**
   * That of one run.
   *
   * @param threads how many it is to have
   */
  ThreadSuccession(String pipeline, KafkaStreams run, ThreadLanes lanes, int threads) {
    this.pipeline = pipeline;
    this.run = run;
    this.lanes = lanes;
    this.threads = threads;
  }

  /** Once a thread has ended, which Streams is told to replace, looks whether it was. */
  void watch(Thread dying) {
    Thread watch = new Thread(() -> succeed(dying), "penstock-" + pipeline + "-succession");
    watch.setDaemon(true);
    watch.start();
  }

  private void succeed(Thread dying) {
    try {
      dying.join();
      for (int failures = 0; !isThere(); failures++) {
        Duration rest = FIRST_REST.multipliedBy(1L << Math.min(failures, MAX_DOUBLINGS));
        Thread.sleep(rest.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts a successor where one is missing; one at a time, or two would see the same gap. */
  private synchronized boolean isThere() {
    if (lanes.areStopped() || !run.state().isRunningOrRebalancing() || living() >= threads) {
      return true;
    }
    try {
      Optional<String> successor = run.addStreamThread();
      successor.ifPresent(
          name -> log.info("stream thread succeeded pipeline={} thread={}", pipeline, name));
      return successor.isPresent();
    } catch (RuntimeException | Error e) {
      log.warn(
          "a stream thread is missing, since no successor can be started, which is tried again"
              + " pipeline={} living={} expected={} reason={}",
          pipeline,
          living(),
          threads,
          rootMessage(e));
      return false;
    }
  }

  /** One that is about to end may still start its own successor. */
  private long living() {
    return run.metadataForLocalThreads().stream()
        .map(thread -> thread.threadState())
        .filter(Predicate.not(DEAD::equals))
        .count();
  }

  private static String rootMessage(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return FailurePolicy.describe(cause);
  }
}
