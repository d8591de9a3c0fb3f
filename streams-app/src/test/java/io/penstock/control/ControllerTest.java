package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.message.ControlMessages;
import io.penstock.schemas.GivenUp;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Outcome;
import io.penstock.schemas.Phase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControllerTest {

  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  private final Controller controller = new Controller(DEADLINE);
  private final ControlMessages messages = ControlMessages.jsonOnly();
  private Fleet fleet = Fleet.empty(TIMEOUT);
  private Duration elapsed = Duration.ZERO;
  private long nextOffset;

  @BeforeEach
  void twoInstancesAndVersionOne() {
    hear(Reports.idle("a"), Reports.idle("b"));
    say("{'promote':{'model':'digits','version':1,'expected':-1}}");
    hear(Reports.ready("a", 0), Reports.ready("b", 0));
    assertThat(lookAtTheClock().decisions()).hasSize(1);
  }

  @Test
  void shouldActivateOnlyWhenAllLiveInstancesAreReady() {
    Ruling prepare = say("{'promote':{'model':'digits','version':2},'by':'me','why':'better'}");

    assertThat(prepare.decisions())
        .singleElement()
        .satisfies(
            decision -> {
              assertThat(decision.getPhase()).isEqualTo(Phase.PREPARE);
              assertThat(decision.getActive()).isEqualTo(1L);
              assertThat(decision.getTarget()).isEqualTo(2L);
              assertThat(decision.getEpoch()).isEqualTo(1L);
              assertThat(decision.getDeadline()).isEqualTo(START.plus(DEADLINE));
            });
    hear(Reports.ready("a", 1), Reports.preparing("b", 1));
    assertThat(lookAtTheClock().isSilent()).isTrue();
    hear(Reports.ready("b", 1));
    Ruling activated = lookAtTheClock();

    assertThat(decision().getPhase()).isEqualTo(Phase.ACTIVE);
    assertThat(decision().getActive()).isEqualTo(2L);
    assertThat(decision().getPrevious()).isEqualTo(1L);
    assertThat(decision().getTarget()).isNull();
    assertThat(decision().getTimeline())
        .extracting(entry -> entry.getEpoch())
        .containsExactly(0L, 1L);
    assertThat(activated.audit())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getDecided().getOutcome()).isEqualTo(Outcome.ACTIVATED);
              assertThat(event.getDecided().getFrom()).isEqualTo(1L);
              assertThat(event.getDecided().getBy()).isEqualTo("me");
              assertThat(event.getDecided().getWhy()).isEqualTo("better");
            });
  }

  @Test
  void shouldRememberWhatWasGivenUpUntilAVersionIsActive() {
    fleet = Fleet.empty(TIMEOUT);
    hear(Reports.idle("a"));
    say("{'promote':{'model':'digits','version':3,'expectedEpoch':-1}}");
    hear(Reports.failed("a", 1, "no such file"));
    lookAtTheClock();
    say("{'promote':{'model':'digits','version':2,'expectedEpoch':1}}");
    hear(Reports.failed("a", 2, "no such file"));
    lookAtTheClock();

    assertThat(decision().getGivenUp()).containsExactly(new GivenUp(3L, 1L), new GivenUp(2L, 2L));
    say("{'promote':{'model':'digits','version':3,'expectedEpoch':2}}");
    hear(Reports.failed("a", 3, "still not"));
    lookAtTheClock();
    assertThat(decision().getGivenUp()).containsExactly(new GivenUp(2L, 2L), new GivenUp(3L, 3L));

    say("{'promote':{'model':'digits','version':1}}");
    hear(Reports.ready("a", 4));
    lookAtTheClock();
    assertThat(decision().getActive()).isEqualTo(1L);
    assertThat(decision().getGivenUp()).isEmpty();
  }

  @Test
  void shouldNotCountReadinessForAnotherEpoch() {
    say("{'promote':{'model':'digits','version':2}}");
    hear(Reports.ready("a", 1), Reports.ready("b", 0));

    assertThat(lookAtTheClock().isSilent()).isTrue();
  }

  @Test
  void shouldAbortWhenOneInstanceFails() {
    say("{'promote':{'model':'digits','version':2}}");
    hear(Reports.ready("a", 1), Reports.failed("b", 1, "no such file"));
    lookAtTheClock();

    assertThat(decision().getPhase()).isEqualTo(Phase.ABORTED);
    assertThat(decision().getActive()).isEqualTo(1L);
    assertThat(decision().getReason())
        .isEqualTo("instance b failed to prepare digits/2: no such file");
  }

  @Test
  void shouldAbortAtTheDeadlineThatTheCommandSets() {
    say("{'promote':{'model':'digits','version':2},'deadline':'2026-11-22T12:00:30Z'}");
    elapsed = Duration.ofSeconds(29);
    hear(Reports.ready("a", 1), Reports.preparing("b", 1));
    assertThat(lookAtTheClock().isSilent()).isTrue();
    elapsed = Duration.ofSeconds(30);
    lookAtTheClock();

    assertThat(decision().getPhase()).isEqualTo(Phase.ABORTED);
    assertThat(decision().getReason())
        .isEqualTo("not ready before the deadline 2026-11-22T12:00:30Z: waited for b");
  }

  @Test
  void shouldNotWaitForAnInstanceThatIsDead() {
    say("{'promote':{'model':'digits','version':2}}");
    for (int second = 1; second <= 9; second++) {
      elapsed = Duration.ofSeconds(second);
      hear(Reports.ready("a", 1));
      assertThat(lookAtTheClock().isSilent()).as("after %d s", second).isTrue();
    }
    elapsed = Duration.ofSeconds(10);
    hear(Reports.ready("a", 1));
    lookAtTheClock();

    assertThat(decision().getPhase()).isEqualTo(Phase.ACTIVE);
  }

  @Test
  void shouldNotWaitForAnInstanceThatHasLeft() {
    say("{'promote':{'model':'digits','version':2}}");
    hear(Reports.ready("a", 1));
    fleet = controller.onDeparture(fleet, "b", "digits");
    lookAtTheClock();

    assertThat(decision().getPhase()).isEqualTo(Phase.ACTIVE);
  }

  @Test
  void shouldWaitForAnInstanceThatJoinsInTheMiddle() {
    say("{'promote':{'model':'digits','version':2}}");
    hear(Reports.idle("c"), Reports.ready("a", 1), Reports.ready("b", 1));
    assertThat(lookAtTheClock().isSilent()).isTrue();
    hear(Reports.ready("c", 1));
    lookAtTheClock();

    assertThat(decision().getPhase()).isEqualTo(Phase.ACTIVE);
  }

  @Test
  void shouldTakeNobodyForDeadAfterHavingBeenCutOff() {
    say("{'promote':{'model':'digits','version':2}}");
    elapsed = Duration.ofMinutes(2);
    hear(Reports.ready("a", 1));

    assertThat(lookAtTheClock().isSilent()).isTrue();
  }

  @Test
  void shouldGiveEverybodyFullGraceAfterATakeover() {
    say("{'promote':{'model':'digits','version':2}}");
    Fleet successor = new Fleet(fleet.decisions(), Attendance.empty(TIMEOUT));
    fleet = successor;
    elapsed = Duration.ofMinutes(1);
    hear(Reports.preparing("b", 1), Reports.ready("a", 1));
    elapsed = elapsed.plusSeconds(9);
    hear(Reports.ready("a", 1));

    assertThat(lookAtTheClock().isSilent()).isTrue();
  }

  @Test
  void shouldAbortAtTheDeadlineWhenNobodyIsThere() {
    say("{'promote':{'model':'digits','version':2}}");
    fleet = new Fleet(fleet.decisions(), Attendance.empty(TIMEOUT));
    assertThat(lookAtTheClock().isSilent()).isTrue();
    elapsed = DEADLINE;
    lookAtTheClock();

    assertThat(decision().getReason()).endsWith("no live instance serves the model");
  }

  @Test
  void shouldAbortOnCommand() {
    say("{'promote':{'model':'digits','version':2}}");
    Ruling aborted =
        say("{'abort':{'model':'digits','epoch':1},'by':'me','why':'second thoughts'}");

    assertThat(aborted.audit())
        .singleElement()
        .satisfies(event -> assertThat(event.getDecided().getOutcome()).isEqualTo(Outcome.ABORTED));
    assertThat(decision().getReason()).isEqualTo("command at offset 2 by me: second thoughts");
    assertThat(decision().getEpoch()).isEqualTo(1L);
    assertThat(decision().getActive()).isEqualTo(1L);
  }

  @Test
  void shouldRollBackAndBack() {
    say("{'promote':{'model':'digits','version':2}}");
    hear(Reports.ready("a", 1), Reports.ready("b", 1));
    lookAtTheClock();
    say("{'rollback':{'model':'digits'}}");
    assertThat(decision().getTarget()).isEqualTo(1L);
    hear(Reports.ready("a", 2), Reports.ready("b", 2));
    lookAtTheClock();
    say("{'rollback':{'model':'digits'}}");

    assertThat(decision().getActive()).isEqualTo(1L);
    assertThat(decision().getTarget()).isEqualTo(2L);
  }

  @Test
  void shouldRollBackOnceWhenSeveralAskForIt() {
    say("{'promote':{'model':'digits','version':2}}");
    hear(Reports.ready("a", 1), Reports.ready("b", 1));
    lookAtTheClock();
    String proposal = "{'rollback':{'model':'digits','expected':2,'expectedEpoch':1}}";
    say(proposal);
    assertThat(decision().getTarget()).isEqualTo(1L);
    Ruling during = say(proposal);
    hear(Reports.failed("a", 2, "no such file"));
    lookAtTheClock();
    assertThat(decision().getPhase()).isEqualTo(Phase.ABORTED);
    Ruling after = say(proposal);

    assertThat(during.decisions()).isEmpty();
    assertThat(after.audit())
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getRejected().getReason())
                    .isEqualTo(
                        "rollback.expectedEpoch: 1 (expected: 2, the epoch of the newest decision"
                            + " about digits)"));
  }

  @Test
  void shouldCarryTheLowestProtocolLevelOfTheLiveInstances() {
    hear(Reports.atLevel("a", 7), Reports.atLevel("b", 3));
    say("{'promote':{'model':'digits','version':2}}");

    assertThat(decision().getProtocolLevel()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{'promote':{'model':'digits','version':1}} | digits/1 is already active",
        "{'promote':{'model':'digits','version':-3}} | promote.version: -3 (expected: 0 or more)",
        "{'promote':{'model':'digits','version':2,'expected':5}} | promote.expected: 5 (expected: 1, the version of digits now active)",
        "{'promote':{'model':'digits','version':2,'expected':-1}} | promote.expected: -1 (expected: 1, the version of digits now active)",
        "{'promote':{'model':'digits','version':2,'expectedEpoch':9}} | promote.expectedEpoch: 9 (expected: 0, the epoch of the newest decision about digits)",
        "{'promote':{'model':'digitz','version':2}} | model: digitz (expected: one of digits)",
        "{'promote':{'model':'digits','version':2},'deadline':'2026-11-22T11:59:59Z'} | deadline: 2026-11-22T11:59:59Z (expected: after now, 2026-11-22T12:00:00Z)",
        "{'promote':{'model':'digits','version':2,'expectd':1}} | unknown: promote.expectd (expected: nothing else)",
        "{'promote':{'model':'digits','version':2},'rollback':{'model':'digits'}} | command: promote and rollback (expected: one promote, rollback or abort)",
        "{'by':'me'} | command: none (expected: one promote, rollback or abort)",
        "{'explode':{}} | command: explode (expected: one promote, rollback or abort)",
        "{'pin':{'model':'digits','version':1}} | pin is not supported yet (expected: promote, rollback or abort)",
        "{'rollback':{'model':'digits'}} | model digits has no version to roll back to",
        "{'rollback':{'model':'digits','expected':2}} | rollback.expected: 2 (expected: 1, the version of digits now active)",
        "{'abort':{'model':'digits'}} | no version of model digits is in preparation",
        "{'promote':{'model':'digits'}} | promote.version: missing (expected: a whole number)",
      })
  void shouldRejectWhatMakesNoSense(String command, String reason) {
    Fleet before = fleet;

    Ruling ruling = say(command);

    assertThat(ruling.decisions()).isEmpty();
    assertThat(ruling.fleet()).isEqualTo(before);
    assertThat(ruling.audit())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getRejected().getReason()).isEqualTo(reason);
              assertThat(event.getRejected().getOffset()).isEqualTo(1L);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{'promote':{'model':'digits','version':3}} | digits/2 is in preparation (epoch 1); abort it, or wait for its end",
        "{'promote':{'model':'digits','version':2}} | digits/2 is in preparation (epoch 1); abort it, or wait for its end",
        "{'rollback':{'model':'digits'}} | digits/2 is in preparation (epoch 1); abort it, or wait for its end",
        "{'abort':{'model':'digits','epoch':7}} | abort.epoch: 7 (expected: 1, the epoch in preparation)",
      })
  void shouldTakeNothingButAbortDuringPreparation(String command, String reason) {
    say("{'promote':{'model':'digits','version':2}}");

    Ruling ruling = say(command);

    assertThat(ruling.audit())
        .singleElement()
        .satisfies(event -> assertThat(event.getRejected().getReason()).isEqualTo(reason));
    assertThat(decision().getPhase()).isEqualTo(Phase.PREPARE);
  }

  @Test
  void shouldPrepareModelsIndependently() {
    hear(Reports.of("a", "reviews"));
    say("{'promote':{'model':'digits','version':2}}");

    Ruling other = say("{'promote':{'model':'reviews','version':1}}");

    assertThat(other.decisions()).extracting(ModelDecision::getModel).containsExactly("reviews");
  }

  private Ruling say(String command) {
    byte[] json = command.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    Ruling ruling = controller.onCommand(fleet, nextOffset++, messages.command(json), now());
    fleet = ruling.fleet();
    return ruling;
  }

  private void hear(InstanceReport... reports) {
    List.of(reports).forEach(report -> fleet = controller.onReport(fleet, report, now()));
  }

  private Ruling lookAtTheClock() {
    Ruling ruling = controller.onTime(fleet, now());
    fleet = ruling.fleet();
    return ruling;
  }

  private ModelDecision decision() {
    return fleet.decision("digits").orElseThrow();
  }

  private Now now() {
    return new Now(START.plus(elapsed), elapsed.toNanos());
  }
}
