package io.penstock.control.kafka;

import io.penstock.config.ControlTopics;
import io.penstock.control.Controller;
import io.penstock.control.Fleet;
import io.penstock.control.Now;
import io.penstock.control.Ruling;
import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.ControlPosition;
import io.penstock.schemas.InstanceReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One ownership of the control topic, from fencing the predecessor to losing it. Not thread-safe:
 * the controller thread's.
 *
 * <p>Order is what makes a takeover safe. First the transactional id is claimed: from then on no
 * predecessor can write, and what it had not committed is gone. Only then are the decisions read,
 * to their end; with them stands which command is the first without an answer. Each ruling is one
 * transaction with the position after its command, so decisions and position agree. The group's
 * offset, committed with it, only shows operators how far the controller is: brokers forget it when
 * nobody is a member for days.
 */
final class ControllerTerm implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ControllerTerm.class);

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

  private final ControlTopics topics;
  private final TopicPartition control;
  private final Controller controller;
  private final ControlMessages messages;
  private final Supplier<Now> clock;
  private final ControlClients clients;
  private final Consumer<String, byte[]> commands;
  private final Producer<String, byte[]> producer;
  private final TopicTail reports;
  private Fleet fleet;

  /**
   * A term that has yet to begin.
   *
   * @param commands the consumer that owns the control topic
   */
  ControllerTerm(
      ControlPlaneSettings settings,
      ControlClients clients,
      ControlMessages messages,
      Supplier<Now> clock,
      Consumer<String, byte[]> commands) {
    this.topics = settings.topics();
    this.control = new TopicPartition(topics.control(), 0);
    this.controller = new Controller(settings.promotionDeadline());
    this.messages = messages;
    this.clock = clock;
    this.clients = clients;
    this.commands = commands;
    this.producer = clients.decisions();
    this.reports = new TopicTail(clients.reader("controller-reports"), topics.reports());
    this.fleet = Fleet.empty(settings.livenessTimeout());
  }

  /** Takes over: fences the predecessor, reads what there is, finds the first open command. */
  void begin() {
    long nextCommand;
    producer.initTransactions();
    try (DecisionsReader decisions =
        new DecisionsReader(
            new TopicTail(clients.reader("controller-decisions"), topics.decisions()), messages)) {
      fleet = new Fleet(decisions.readToEnd(READ_TIMEOUT), fleet.attendance());
      nextCommand = decisions.nextCommand();
    }
    reports.readToEnd(READ_TIMEOUT).forEach(this::hear);
    long position = withinTopic(nextCommand);
    commands.seek(control, position);
    LOG.info(
        "{}: controller from offset {} on, models decided: {}",
        control,
        position,
        fleet.decisions().keySet());
  }

  /** The position, or the beginning of the topic if that is later. */
  private long withinTopic(long position) {
    long beginning = commands.beginningOffsets(List.of(control)).getOrDefault(control, 0L);
    long end = commands.endOffsets(List.of(control)).getOrDefault(control, 0L);
    if (position > end) {
      throw new ControlPlaneException(
          ("%s ends at offset %d (expected: %d or more, since commands up to there were answered);"
                  + " if the topic was deleted and created again, do the same with %s")
              .formatted(control, end, position, topics.decisions()));
    }
    return Math.max(position, beginning);
  }

  /** One round: what was reported, what time has brought, then the commands in their order. */
  void turn(List<ConsumerRecord<String, byte[]>> records) {
    reports.poll(Duration.ZERO).forEach(this::hear);
    write(controller.onTime(fleet, clock.get()), OptionalLong.empty());
    for (ConsumerRecord<String, byte[]> record : records) {
      // Whoever was heard of before the command was sent must be known when it is answered
      reports.readToEnd(READ_TIMEOUT).forEach(this::hear);
      write(answer(record), OptionalLong.of(record.offset() + 1));
    }
  }

  private Ruling answer(ConsumerRecord<String, byte[]> command) {
    try {
      return controller.onCommand(
          fleet, command.offset(), messages.command(command.value()), clock.get());
    } catch (RuntimeException e) {
      LOG.error("{}@{}: a defect, the command is rejected", control, command.offset(), e);
      return controller.onUnanswerable(fleet, command.offset(), e, clock.get());
    }
  }

  private void hear(ConsumerRecord<String, byte[]> record) {
    Optional<ReportKey> key = ReportKey.parse(record.key());
    if (record.value() == null && key.isPresent()) {
      fleet = controller.onDeparture(fleet, key.get().instance(), key.get().model());
      return;
    }
    Decoded<InstanceReport> decoded = messages.report(record.value());
    if (decoded instanceof Decoded.Message<InstanceReport> message) {
      fleet = controller.onReport(fleet, message.value(), clock.get());
    } else if (decoded instanceof Decoded.Garbage<InstanceReport> garbage) {
      LOG.warn(
          "{}-{}@{}: not a report, passed over: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          garbage.reason());
    }
  }

  private void write(Ruling ruling, OptionalLong nextCommand) {
    if (!ruling.isSilent() || nextCommand.isPresent()) {
      producer.beginTransaction();
      ruling
          .decisions()
          .forEach(
              decision ->
                  send(topics.decisions(), decision.getModel(), ControlMessages.encode(decision)));
      ruling.audit().forEach(event -> send(topics.audit(), null, ControlMessages.encode(event)));
      nextCommand.ifPresent(this::sendPosition);
      producer.commitTransaction();
    }
    fleet = ruling.fleet();
    ruling.audit().forEach(ControllerTerm::log);
  }

  private void sendPosition(long next) {
    send(
        topics.decisions(),
        DecisionsReader.POSITION_KEY,
        ControlMessages.encode(new ControlPosition(next)));
    producer.sendOffsetsToTransaction(
        Map.of(control, new OffsetAndMetadata(next)), commands.groupMetadata());
  }

  /** A failure comes out of the commit. */
  private void send(String topic, @Nullable String key, byte[] value) {
    Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(topic, 0, key, value));
  }

  private static void log(AuditEvent event) {
    LOG.info("{}", new String(ControlMessages.encode(event), StandardCharsets.UTF_8));
  }

  /** Ends the term. A transaction that is open is aborted by this or by the successor. */
  @Override
  public void close() {
    producer.close(ControlClients.MAX_BLOCK);
    reports.close();
    LOG.info("{}: not the controller any longer", control);
  }
}
