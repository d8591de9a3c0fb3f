package io.penstock.demo.check;

import io.penstock.demo.check.Outcome.Answer;
import io.penstock.demo.wire.Coordinates;
import io.penstock.demo.wire.OutcomeHeaders;
import io.penstock.demo.wire.PredictionReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The check of one run by what is in Kafka.
 *
 * @param broker what a client needs to know of it
 * @param labelHeader the header of an input that says what the digit shows
 */
public record RunCheck(
    Map<String, String> broker,
    String inputTopic,
    String outputTopic,
    String deadLetterTopic,
    String labelHeader,
    PredictionReader predictions) {

  public RunCheck {
    broker = Map.copyOf(broker);
  }

  /**
   * Reads the three topics and judges.
   *
   * @throws io.penstock.demo.wire.UnreadableOutcomeException if an outcome is not as documented
   */
  public Verdict judge() {
    List<Input> inputs = new ArrayList<>();
    List<Outcome> outcomes = new ArrayList<>();
    CommittedTopic.read(broker, inputTopic, record -> inputs.add(input(record)));
    CommittedTopic.read(
        broker,
        outputTopic,
        record ->
            outcomes.add(
                outcome(
                    record,
                    new Answer(OutcomeHeaders.version(record), predictions.digit(record)))));
    CommittedTopic.read(broker, deadLetterTopic, record -> outcomes.add(outcome(record, null)));
    return OutcomeCheck.judge(inputs, outcomes);
  }

  private Input input(ConsumerRecord<byte[], byte[]> record) {
    return new Input(
        at(record), key(record), Long.parseLong(OutcomeHeaders.text(record, labelHeader)));
  }

  private static Outcome outcome(ConsumerRecord<byte[], byte[]> record, @Nullable Answer answer) {
    return new Outcome(at(record), OutcomeHeaders.input(record), key(record), answer);
  }

  private static Coordinates at(ConsumerRecord<byte[], byte[]> record) {
    return new Coordinates(record.topic(), record.partition(), record.offset());
  }

  private static String key(ConsumerRecord<byte[], byte[]> record) {
    byte[] key = record.key();
    return key == null ? "(none)" : new String(key, StandardCharsets.UTF_8);
  }
}
