package io.penstock.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.testkit.Workbench;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A steady stream of reviews into a topic, with bad records among them, until stopped. Each says in
 * a header what it is, which its outcome keeps.
 */
final class MixedLoad implements AutoCloseable {

  /** The header that names a record's kind. */
  static final String KIND = "chaos-kind";

  static final String GARBAGE = "garbage";
  static final String POISON = "poison";
  static final String OVERSIZE = "oversize";

  /** The largest record that the topics of outcomes take: more than a producer's batch. */
  static final int MAX_OUTCOME_BYTES = 200_000;

  private static final int PER_SECOND = 1000;
  private static final int REVIEWS = 17;

  /** The model knows the words 0 to 999, and TensorFlow refuses every other. */
  private static final int UNKNOWN_WORD = 5000;

  private static final Schema SCHEMA =
      Workbench.schema(
          """
          {"type": "record", "name": "Review", "namespace": "io.penstock.chaos",
           "fields": [{"name": "tokens", "type": {"type": "array", "items": "long"}}]}
          """);

  private final Workbench bench;
  private final String topic;
  private final int partitions;
  private final Plan.Mix mix;
  private final SplittableRandom random;
  private final int schemaId;
  private final List<byte[]> reviews;
  private final AtomicLong failed = new AtomicLong();
  private final Thread thread = new Thread(this::run, "mixed-load");
  private volatile boolean stopped;

  MixedLoad(Workbench bench, String topic, int partitions, Plan plan) {
    this.bench = bench;
    this.topic = topic;
    this.partitions = partitions;
    this.mix = plan.mix();
    this.random = new SplittableRandom(plan.seed());
    this.schemaId = bench.registry().register(topic + "-value", SCHEMA);
    this.reviews = IntStream.range(0, REVIEWS).mapToObj(this::review).toList();
    thread.start();
  }

  /** A review of three to five words, another one for another number. */
  private byte[] review(int number) {
    List<Long> words = new ArrayList<>();
    for (int i = 0; i < 3 + number % 3; i++) {
      words.add((number * 53L + i * 17L) % 999 + 1);
    }
    return framed(words);
  }

  private byte[] framed(List<Long> words) {
    GenericData.Record review = new GenericData.Record(SCHEMA);
    review.put("tokens", words);
    return Workbench.framed(schemaId, review);
  }

  private void run() {
    long start = System.nanoTime();
    for (long sent = 0; !stopped; sent++) {
      while (sent * TimeUnit.SECONDS.toNanos(1) / PER_SECOND > System.nanoTime() - start) {
        LockSupport.parkNanos(1_000_000);
      }
      bench
          .producer()
          .send(
              next((int) (sent % partitions)),
              (metadata, failure) -> {
                if (failure != null) {
                  failed.incrementAndGet();
                }
              });
    }
    bench.producer().flush();
  }

  private ProducerRecord<byte[], byte[]> next(int partition) {
    int number = random.nextInt(REVIEWS);
    int ticket = random.nextInt(1000);
    if ((ticket -= mix.garbage()) < 0) {
      return record(partition, GARBAGE, null, new byte[] {1, 2, 3});
    }
    if ((ticket -= mix.poison()) < 0) {
      return record(partition, POISON, null, framed(List.of(1L, (long) UNKNOWN_WORD, 2L)));
    }
    if (ticket < mix.oversize()) {
      return record(partition, OVERSIZE, new byte[MAX_OUTCOME_BYTES], reviews.get(number));
    }
    return record(partition, "review-" + number, null, reviews.get(number));
  }

  private ProducerRecord<byte[], byte[]> record(
      int partition, String kind, byte[] key, byte[] value) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, partition, key, value);
    record.headers().add(KIND, kind.getBytes(UTF_8));
    return record;
  }

  /** Stops and waits until the broker has all that was sent. */
  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (failed.get() > 0) {
      throw new AssertionError(failed + " records could not be sent");
    }
  }
}
