package io.penstock.control.kafka;

import io.penstock.config.ControlTopics;
import io.penstock.control.Controller;
import io.penstock.control.Fleet;
import io.penstock.control.Now;
import io.penstock.control.Promotion;
import io.penstock.control.ProtocolLevel;
import io.penstock.control.Ruling;
import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.ControlPosition;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
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
  private final Consumer<String, byte[]> commands;
  private final Supplier<@Nullable String> controlIds;
  private final DecisionLog decisionLog;
  private final TopicTail reports;
  private final DecisionsReader decisions;
  private final Duration livenessTimeout;
  private Fleet fleet;

  /** The first command without an answer, as it stands with the decisions. */
  private long nextCommand;

  /** By model, what of it was noted already: it is not noted at every turn. */
  private final Map<String, String> defects = new HashMap<>();

  /** Decisions that nothing can be written after, for what is next takes more than a topic does. */
  private final Map<String, ModelDecision> unwritable = new HashMap<>();

  /**
   * A term that has yet to begin.
   *
   * @param commands the consumer that owns the control topic
   */
  static ControllerTerm open(
      ControlPlaneSettings settings,
      ControlClients clients,
      ControlMessages messages,
      Supplier<Now> clock,
      Consumer<String, byte[]> commands) {
    TopicTail reports =
        new TopicTail(clients.reader("controller-reports"), settings.topics().reports());
    TopicTail decisions = null;
    try {
      decisions =
          new TopicTail(clients.reader("controller-decisions"), settings.topics().decisions());
      return new ControllerTerm(
          settings,
          messages,
          clock,
          commands,
          clients::controlId,
          clients.decisions(),
          reports,
          decisions);
    } catch (RuntimeException e) {
      reports.close();
      if (decisions != null) {
        decisions.close();
      }
      throw e;
    }
  }

  /**
   * One with these clients, which it closes.
   *
   * @param controlIds tells the control topic's id; null where brokers do not
   */
  ControllerTerm(
      ControlPlaneSettings settings,
      ControlMessages messages,
      Supplier<Now> clock,
      Consumer<String, byte[]> commands,
      Supplier<@Nullable String> controlIds,
      Producer<String, byte[]> producer,
      TopicTail reports,
      TopicTail decisions) {
    this.topics = settings.topics();
    this.control = new TopicPartition(topics.control(), 0);
    this.controller = new Controller(settings.times());
    this.messages = messages;
    this.clock = clock;
    this.commands = commands;
    this.controlIds = controlIds;
    this.decisionLog = new DecisionLog(producer, topics);
    this.reports = reports;
    this.decisions = new DecisionsReader(decisions, messages);
    this.livenessTimeout = settings.livenessTimeout();
    this.fleet = Fleet.empty(livenessTimeout);
  }

  /** Takes over: fences the predecessor, reads what there is, finds the first open command. */
  void begin() {
    String controlId = controlIds.get();
    decisionLog.claim(controlId);
    fleet = new Fleet(decisions.readToEnd(READ_TIMEOUT), fleet.attendance());
    requireUnderstood();
    decisions.position().ifPresent(position -> requireSame(controlId, position));
    nextCommand = decisions.nextCommand();
    mend();
    reports.skipTo(RecentReports.since(clock.get().time(), livenessTimeout), READ_TIMEOUT);
    reports.readToEnd(READ_TIMEOUT).forEach(record -> note(record, controller::onEarlierReport));
    long position = withinTopic(nextCommand);
    commands.seek(control, position);
    LOG.info(
        "{}: controller from offset {} on, models decided: {}",
        control,
        position,
        fleet.decisions().keySet());
  }

  /** Whoever decided on would drop what it does not understand. */
  private void requireUnderstood() {
    fleet.decisions().values().stream()
        .filter(decision -> Promotion.isBeyond(decision, ProtocolLevel.CURRENT))
        .findFirst()
        .ifPresent(
            beyond -> {
              throw new ControlPlaneException(
                  "what is decided about model %s takes protocol level %d (this instance: %d), so that this instance cannot be the controller; upgrade it"
                      .formatted(
                          beyond.getModel(), beyond.getProtocolLevel(), ProtocolLevel.CURRENT));
            });
  }

  /** Writes again what somebody has covered with garbage, before compaction drops it. */
  private void mend() {
    Set<String> damaged = decisions.takeDamaged();
    List<ModelDecision> covered =
        fleet.decisions().values().stream()
            .filter(decision -> damaged.contains(decision.getModel()))
            .toList();
    boolean positionCovered = damaged.contains(DecisionsReader.POSITION_KEY) && nextCommand > 0;
    if (!covered.isEmpty() || positionCovered) {
      decisionLog.repeat(
          covered, positionCovered ? OptionalLong.of(nextCommand) : OptionalLong.empty());
      LOG.warn("{}: written again, since garbage came after it: {}", topics.decisions(), damaged);
    }
  }

  /** Commands of another topic would be passed over up to where those of the former one ended. */
  private void requireSame(@Nullable String controlId, ControlPosition position) {
    String answeredOf = position.getTopicId();
    if (controlId != null && answeredOf != null && !controlId.equals(answeredOf)) {
      throw new ControlPlaneException(
          "%s was deleted and created again: its id is %s (expected: %s, of which commands up to offset %d were answered); do the same with %s, and send again what had no answer"
              .formatted(control, controlId, answeredOf, position.getNext(), topics.decisions()));
    }
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
    // All that it reads but does not know is what others have put there
    decisions.poll(Duration.ZERO);
    mend();
    reports.poll(Duration.ZERO).forEach(this::hear);
    fleet.decisions().keySet().forEach(this::lookAtTheClock);
    for (ConsumerRecord<String, byte[]> record : records) {
      // Whoever was heard of before the command was sent must be known when it is answered
      reports.readToEnd(READ_TIMEOUT).forEach(this::hear);
      writeOrReject(answer(record), record.offset());
    }
  }

  /** What time has brought for one model. Whatever is wrong with it is no other's business. */
  private void lookAtTheClock(String model) {
    Optional<ModelDecision> newest = fleet.decision(model);
    if (newest.equals(Optional.ofNullable(unwritable.get(model))) || onTime(model).isSilent()) {
      return;
    }
    // One poll is not all that was reported
    reports.readToEnd(READ_TIMEOUT).forEach(this::hear);
    Optional<String> refusal = write(onTime(model));
    if (refusal.isPresent()) {
      Ruling givenUp = controller.onUnwritable(fleet, model, refusal.get(), clock.get());
      Optional<String> stuck = givenUp.isSilent() ? refusal : write(givenUp);
      stuck.ifPresent(
          reason -> {
            newest.ifPresent(decision -> unwritable.put(model, decision));
            LOG.error("what comes next for model {} cannot be written: {}", model, reason);
          });
    }
  }

  private Ruling onTime(String model) {
    try {
      Ruling ruling = controller.onTime(fleet, model, clock.get());
      defects.remove(model);
      return ruling;
    } catch (RuntimeException e) {
      if (!e.toString().equals(defects.put(model, e.toString()))) {
        LOG.error("a defect, what is decided about model {} stands as it is", model, e);
      }
      return Ruling.silent(fleet);
    }
  }

  private void writeOrReject(Ruling ruling, long command) {
    OptionalLong next = OptionalLong.of(command + 1);
    write(ruling, next)
        .map(reason -> controller.onUnanswerable(fleet, command, reason, clock.get()))
        .flatMap(rejection -> write(rejection, next))
        .ifPresent(
            reason -> {
              throw new KafkaException(
                  "%s@%d cannot even be rejected: %s".formatted(control, command, reason));
            });
  }

  private Optional<String> write(Ruling ruling) {
    return write(ruling, OptionalLong.empty());
  }

  /** Or says why it is not written: a topic may take less than by default. */
  private Optional<String> write(Ruling ruling, OptionalLong answered) {
    Optional<String> refusal = decisionLog.write(ruling, answered, commands.groupMetadata());
    if (refusal.isEmpty()) {
      fleet = ruling.fleet();
      nextCommand = answered.orElse(nextCommand);
      ruling.audit().forEach(ControllerTerm::log);
    }
    return refusal;
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
    note(record, controller::onReport);
  }

  private void note(ConsumerRecord<String, byte[]> record, Note note) {
    Optional<ReportKey> key = ReportKey.parse(record.key());
    if (record.value() == null && key.isPresent()) {
      fleet = controller.onDeparture(fleet, key.get().instance(), key.get().model());
      return;
    }
    Decoded<InstanceReport> decoded = messages.report(record.value());
    if (decoded instanceof Decoded.Message<InstanceReport> message) {
      fleet = note.of(fleet, message.value(), clock.get());
    } else if (decoded instanceof Decoded.Garbage<InstanceReport> garbage) {
      LOG.warn(
          "{}-{}@{}: not a report, passed over: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          garbage.reason());
    }
  }

  private static void log(AuditEvent event) {
    LOG.info("{}", new String(ControlMessages.encode(event), StandardCharsets.UTF_8));
  }

  /** How the controller takes note of a report. */
  @FunctionalInterface
  private interface Note {
    Fleet of(Fleet fleet, InstanceReport report, Now now);
  }

  /** Ends the term. A transaction that is open is aborted by this or by the successor. */
  @Override
  public void close() {
    decisionLog.close();
    reports.close();
    decisions.close();
    LOG.info("{}: not the controller any longer", control);
  }
}
