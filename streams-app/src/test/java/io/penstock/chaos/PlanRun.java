package io.penstock.chaos;

import io.penstock.testkit.AuditTrail;
import io.penstock.testkit.Await;
import io.penstock.testkit.BreakableStack;
import io.penstock.testkit.Census;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.TransactionOperator;
import io.penstock.testkit.Workbench;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * One plan, carried out: a fleet of its own under load on topics of its own, struck as the plan
 * says, then left alone until every input has its outcome. Not thread-safe.
 */
final class PlanRun {

  static final String PIPELINE = "reviews";

  private static final int PARTITIONS = 4;
  private static final int START_SECONDS = 180;
  private static final int RECOVERY_SECONDS = 360;

  /**
   * Longer than any transaction may last: whoever looks as often sees the same one twice only if it
   * hangs.
   */
  private static final int OPERATOR_SECONDS = 20;

  private final Plan plan;
  private final String name;
  private final Workbench bench;
  private final BreakableStack stack;
  private final Path logs;
  private final List<String> struck = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();
  private final ExecutorService user = Executors.newSingleThreadExecutor();
  private final List<Future<Long>> commands = new ArrayList<>();
  private final PriorityQueue<Due> timetable =
      new PriorityQueue<>(Comparator.comparingLong(Due::nanos));
  private long inFlight;

  /** Something to be done at a time. */
  private record Due(long nanos, Runnable action) {}

  /**
   * A plan to be carried out.
   *
   * @param name of the service and, with more behind it, of its topics
   * @param logs the folder for the logs of the fleet
   */
  PlanRun(Plan plan, String name, Workbench bench, BreakableStack stack, Path logs) {
    this.plan = plan;
    this.name = name;
    this.bench = bench;
    this.stack = stack;
    this.logs = logs;
  }

  /** Carries the plan out. */
  Findings run() {
    long start = System.nanoTime();
    createTopics();
    Path model = installVersion(1);
    Answers answers = new Answers(bench, topic("dead"));
    try (Fleet fleet = new Fleet(writeConfig(model), logs);
        Census census =
            new Census(
                stack.bootstrapServers(), topic("in"), topic("out"), topic("dead"), answers)) {
      begin(fleet);
      try (MixedLoad load = new MixedLoad(bench, topic("in"), PARTITIONS, plan)) {
        awaitOutcomes(fleet, census);
        strike(fleet);
      }
      Findings.Recovery recovery = awaitRecovery(fleet, census);
      fleet.end();
      complaints.addAll(fleet.complaints());
      Census.Count count = census.update().count();
      return new Findings(
          plan,
          struck,
          inFlight,
          count,
          answers.wrong(),
          count.inputs() - census.committed(name + "-" + PIPELINE),
          stack.broker().droppedMarkers(name + "-"),
          fleet.gaveUp(),
          recovery,
          complaints,
          secondsSince(start));
    } finally {
      user.shutdownNow();
    }
  }

  private void createTopics() {
    bench.createControlTopics(name);
    bench.createTopics(PARTITIONS, topic("in"));
    Map<String, String> limit =
        Map.of("max.message.bytes", String.valueOf(MixedLoad.MAX_OUTCOME_BYTES));
    stack.createTopics(
        new NewTopic(topic("out"), PARTITIONS, (short) 1).configs(limit),
        new NewTopic(topic("dead"), PARTITIONS, (short) 1).configs(limit));
  }

  private String topic(String what) {
    return name + "-" + what;
  }

  private Path installVersion(int version) {
    return bench.installVersion("examples/reviews/1", name, version);
  }

  /** Short times, so that everything that can time out does within a plan. */
  private Path writeConfig(Path model) {
    return bench.writeConfig(
        name + ".yaml",
        name,
        """
        inference: {threads: %d}
        models:
          reviews: {path: "%s", settle: 300ms, poll-interval: 100ms, versions: {count: 2}}
        pipelines:
          reviews:
            model: reviews
            guarantee: %s
            start-from: earliest
            input: {topic: %s, format: avro}
            output: {topic: %s, format: avro}
            dead-letters: {topic: %s}
            batch: {rows: 64, linger: 20ms}
            threads: %d
            kafka:
              main.consumer.session.timeout.ms: 3000
              main.consumer.max.poll.interval.ms: 10000
              producer.transaction.timeout.ms: 5000
        """
            .formatted(
                plan.inferenceThreads(),
                model,
                plan.guarantee(),
                topic("in"),
                topic("out"),
                topic("dead"),
                plan.threads()));
  }

  private void begin(Fleet fleet) {
    for (int slot = 0; slot < plan.instances(); slot++) {
      fleet.want(slot);
    }
    until(fleet, START_SECONDS, fleet::isComplete, () -> "a fleet:\n" + fleet.logs());
  }

  private static void awaitOutcomes(Fleet fleet, Census census) {
    until(
        fleet,
        START_SECONDS,
        () -> census.update().outcomes() > 100,
        () -> "first outcomes:\n" + fleet.logs());
  }

  private void strike(Fleet fleet) {
    long begin = System.nanoTime();
    plan.strikes()
        .forEach(
            strike ->
                timetable.add(
                    new Due(
                        begin + TimeUnit.MILLISECONDS.toNanos(strike.atMillis()),
                        () -> strike(fleet, strike))));
    while (!timetable.isEmpty()) {
      if (System.nanoTime() >= timetable.element().nanos()) {
        timetable.remove().action().run();
      } else {
        fleet.supervise();
        Await.pause(10);
      }
    }
  }

  private void strike(Fleet fleet, Strike strike) {
    if (strike.fault().startsProcess()) {
      fleet.disturb();
    }
    long rows = fleet.inFlight(strike.slot());
    inFlight += rows;
    struck.add(strike + "=" + rows);
    int slot = strike.slot();
    int extent = strike.extent();
    switch (strike.fault()) {
      case KILL -> fleet.kill(slot, extent);
      case TERMINATE -> fleet.terminate(slot, extent);
      case FREEZE -> after(extent, fleet.freeze(slot));
      case JOIN -> fleet.want(slot);
      case LEAVE -> fleet.leave(slot);
      case BROKER_CRASH -> {
        fleet.disturb();
        stack.broker().crash();
        after(extent, stack.broker()::restart);
      }
      case BROKER_FREEZE -> {
        fleet.disturb();
        stack.broker().freeze();
        after(extent, stack.broker()::thaw);
      }
      case PROMOTE -> {
        installVersion(2);
        command("{\"promote\":{\"model\":\"reviews\",\"version\":2}}");
      }
      case ROLL_BACK -> command("{\"rollback\":{\"model\":\"reviews\"}}");
      default -> fleet.arm(slot, strike.fault(), extent);
    }
  }

  private void after(int millis, Runnable action) {
    timetable.add(new Due(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), action));
  }

  /** The broker may be away: somebody else waits for it. */
  private void command(String json) {
    commands.add(user.submit(() -> bench.command(name, json)));
  }

  /**
   * Waits until every input has its outcome and every command its verdict, for a while. Faults that
   * are armed and have not struck by now do not: runs that are still to fail would fail the loads
   * of an instance that has just started, one after the other, each after a longer rest.
   */
  private Findings.Recovery awaitRecovery(Fleet fleet, Census census) {
    long start = System.nanoTime();
    long inputs = census.inputs();
    try (CommittedRecords records = new CommittedRecords(stack.bootstrapServers());
        TransactionOperator operator =
            new TransactionOperator(stack.bootstrapServers(), topics())) {
      AuditTrail audit = new AuditTrail(records, name);
      boolean complete = false;
      int looks = 0;
      while (!complete && secondsSince(start) < RECOVERY_SECONDS) {
        fleet.supervise();
        fleet.disarm();
        Await.pause(200);
        complete =
            census.update().answered() >= inputs && verdicts(audit).size() == commands.size();
        if (brokerFails() && secondsSince(start) / OPERATOR_SECONDS > looks) {
          looks++;
          operator.look();
        }
      }
      if (!complete) {
        complaints.add("not recovered within %d s:%n%s".formatted(RECOVERY_SECONDS, fleet.logs()));
      }
      return new Findings.Recovery(verdicts(audit), operator.aborted(), secondsSince(start));
    }
  }

  private static long secondsSince(long start) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
  }

  private boolean brokerFails() {
    return plan.has(Fault.BROKER_CRASH) || plan.has(Fault.BROKER_FREEZE);
  }

  private List<String> topics() {
    return List.of(
        topic("out"), topic("dead"), name + ".audit", name + ".decisions", "__consumer_offsets");
  }

  private List<String> verdicts(AuditTrail audit) {
    List<String> verdicts = new ArrayList<>();
    for (Future<Long> command : commands) {
      try {
        audit.verdictSoFar(command.get()).ifPresent(verdicts::add);
      } catch (ExecutionException | InterruptedException e) {
        throw new AssertionError("a command was not sent", e);
      }
    }
    return verdicts;
  }

  private static void until(
      Fleet fleet, long seconds, BooleanSupplier holds, Supplier<String> what) {
    Await.until(
        what,
        seconds,
        () -> {
          fleet.supervise();
          return holds.getAsBoolean();
        });
  }
}
