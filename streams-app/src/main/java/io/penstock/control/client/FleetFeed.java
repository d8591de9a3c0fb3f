package io.penstock.control.client;

import io.penstock.control.kafka.DecisionsReader;
import io.penstock.control.kafka.RecentReports;
import io.penstock.control.kafka.ReportKey;
import io.penstock.control.kafka.TopicTail;
import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The decisions and the reports as one picture that is brought up to date. Not thread-safe. */
public final class FleetFeed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FleetFeed.class);

  private final ControlMessages messages = ControlMessages.jsonOnly();
  private final DecisionsReader decisionsReader;
  private final TopicTail reportsTail;
  private final Duration livenessTimeout;
  private final Duration timeout;
  private final SortedMap<String, ModelDecision> decisions = new TreeMap<>();
  private final SortedMap<String, FleetView.Heard> heard = new TreeMap<>();
  private boolean begun;

  FleetFeed(TopicTail decisions, TopicTail reports, Duration livenessTimeout, Duration timeout) {
    this.decisionsReader = new DecisionsReader(decisions, messages);
    this.reportsTail = reports;
    this.livenessTimeout = livenessTimeout;
    this.timeout = timeout;
  }

  /** The picture, with everything that there is now. */
  public FleetView refresh() {
    if (!begun) {
      reportsTail.skipTo(RecentReports.since(Instant.now(), livenessTimeout), timeout);
      begun = true;
    }
    decisions.putAll(decisionsReader.readToEnd(timeout));
    reportsTail.readToEnd(timeout).forEach(this::hear);
    Instant silentSince = Instant.now().minus(livenessTimeout);
    List<FleetView.Heard> live =
        heard.values().stream().filter(h -> h.at().isAfter(silentSince)).toList();
    return new FleetView(decisions, live);
  }

  private void hear(ConsumerRecord<String, byte[]> record) {
    Optional<ReportKey> key = ReportKey.parse(record.key());
    if (key.isEmpty()) {
      note(record, "its key is not instance/model");
    } else if (record.value() == null) {
      heard.remove(key.get().toString());
    } else {
      Decoded<InstanceReport> decoded = messages.report(record.value());
      if (decoded instanceof Decoded.Message<InstanceReport> message) {
        heard.put(
            key.get().toString(),
            new FleetView.Heard(message.value(), Instant.ofEpochMilli(record.timestamp())));
      } else {
        note(record, ((Decoded.Garbage<InstanceReport>) decoded).reason());
      }
    }
  }

  private static void note(ConsumerRecord<String, byte[]> record, String why) {
    LOG.warn(
        "{}-{}@{}: not a report, passed over: {}",
        record.topic(),
        record.partition(),
        record.offset(),
        why);
  }

  @Override
  public void close() {
    decisionsReader.close();
    reportsTail.close();
  }
}
