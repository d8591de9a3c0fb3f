package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.RegistryGate;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A registry that is away under load is no record's fault. It stays away until a pipeline that
 * meets schemas which nobody has asked for yet has asked so often that its stream thread has given
 * up and another has begun; or for longer by {@code -Dpenstock.registry.outage=60}, in seconds.
 */
class RegistryOutageIT {

  private static final String SERVICE = "outage";
  private static final int REQUESTS = 12;
  private static final int NEW_SCHEMAS = 3;
  private static final Duration OUTAGE =
      Duration.ofSeconds(Long.getLong("penstock.registry.outage", 0));

  @TempDir private Path folder;

  @Test
  void shouldGoOnWithKnownSchemasAndLoseNothingOfUnknownOnes() {
    try (Workbench bench = new Workbench(folder);
        RegistryGate gate = new RegistryGate(bench.stack().registryUrl());
        CommittedRecords records = new CommittedRecords(bench.stack().bootstrapServers())) {
      bench.createControlTopics(SERVICE);
      Path base = bench.installVersion("digits", 1);
      String pipelines = pipeline(bench, "known") + pipeline(bench, "meeting");
      String yaml =
          """
          models:
            digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
          pipelines:
          %s"""
              .formatted(base, pipelines);
      Path config = bench.writeConfig("outage.yaml", SERVICE, yaml, gate.url());
      try (ServiceUnderTest service = ServiceUnderTest.start(config, folder, SERVICE)) {
        // given: both are at work, and new schemas are registered behind the service's back
        int sent = 1;
        send(bench, "known", Digits.framed(bench, "known", 0));
        send(bench, "meeting", Digits.framed(bench, "meeting", 0));
        records.await("out-known", sent);
        records.await("out-meeting", sent);
        List<byte[]> unheardOf = newSchemas(bench);

        // when
        gate.shut();
        long began = System.nanoTime();
        long until = began + OUTAGE.toNanos();
        while (gate.turnedAway() < REQUESTS || System.nanoTime() - until < 0) {
          for (byte[] value : unheardOf) {
            send(bench, "meeting", Digits.framed(bench, "meeting", sent));
            send(bench, "meeting", value);
            send(bench, "known", Digits.framed(bench, "known", sent++));
          }
          // It does not wait for the other: what it has is read by what it knows.
          records.await("out-known", sent);
        }
        assertThat(service.logged("stream thread replaced")).isTrue();
        assertThat(service.state("known")).isEqualTo("RUNNING");
        assertThat(records.list("dead-meeting")).isEmpty();
        gate.open();

        // then
        int met = sent + (sent - 1);
        records.await("out-meeting", met);
        assertAllPredicted(bench, "known", sent);
        assertAllPredicted(bench, "meeting", met);
        System.out.printf(
            "outage seconds=%d turnedAway=%d known=%d meeting=%d lost=0 deadLetters=0%n",
            Duration.ofNanos(System.nanoTime() - began).toSeconds(), gate.turnedAway(), sent, met);
      }
    }
  }

  private static String pipeline(Workbench bench, String name) {
    bench.createTopics(1, name, "out-" + name, "dead-" + name);
    return """
             %1$s:
               model: digits
               guarantee: exactly_once_v2
               start-from: earliest
               input: {topic: %1$s, format: avro}
               output: {topic: out-%1$s, format: avro}
               dead-letters: {topic: dead-%1$s}
           """
        .formatted(name);
  }

  /** A record of each, framed. */
  private static List<byte[]> newSchemas(Workbench bench) {
    List<byte[]> framed = new ArrayList<>();
    for (int i = 0; i < NEW_SCHEMAS; i++) {
      Schema schema =
          Workbench.schema(
              """
              {"type": "record", "name": "Digit", "namespace": "io.penstock.service", "fields": [
                {"name": "label%d", "type": "string", "default": ""},
                {"name": "pixels", "type": {"type": "array", "items": "float"}}]}
              """
                  .formatted(i));
      GenericRecord record = new GenericData.Record(schema);
      record.put("label" + i, "one");
      record.put("pixels", Digits.digit(i).get("pixels"));
      framed.add(Workbench.framed(bench.registry().register("meeting-value", schema), record));
    }
    return framed;
  }

  private static void send(Workbench bench, String topic, byte[] value) {
    bench.send(new ProducerRecord<>(topic, 0, null, value));
  }

  private static void assertAllPredicted(Workbench bench, String topic, int inputs) {
    try (Census census =
        new Census(bench.stack().bootstrapServers(), topic, "out-" + topic, "dead-" + topic)) {
      Await.until(
          () -> "an outcome for each of " + topic + ": " + census.count(),
          60,
          () -> {
            census.update();
            return census.lost() == 0;
          });
      assertThat(census.inputs()).isEqualTo(inputs);
      assertThat(census.duplicated()).isZero();
      assertThat(census.disorder()).isEmpty();
      assertThat(census.deadLetters()).isZero();
    }
  }
}
