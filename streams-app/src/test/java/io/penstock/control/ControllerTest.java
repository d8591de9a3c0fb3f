package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.Command;
import io.penstock.schemas.Done;
import io.penstock.schemas.GivenUp;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Outcome;
import io.penstock.schemas.Phase;
import io.penstock.schemas.Promote;
import io.penstock.schemas.VersionState;
import io.penstock.schemas.VersionStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControllerTest {

  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String SUM = "0123456789abcdef".repeat(4);
  private static final Duration DEADLINE = Duration.ofMinutes(5);
  private static final Duration NOTICE = Duration.ofSeconds(15);
  private static final Duration RETENTION = Duration.ofHours(1);

  private final Controller controller =
      new Controller(new PromotionTimes(DEADLINE, NOTICE, RETENTION));
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

    say("{'promote':{'model':'digits','version':2}}");
    hear(Reports.failed("a", 5, "no such file"));
    lookAtTheClock();
    assertThat(decision().getGivenUp()).containsExactly(new GivenUp(2L, 5L));
  }

  /** Else nothing newer would ever be proposed again, since nothing is newer than that. */
  @Test
  void shouldNotCountANumberThatNobodyHasAsTried() {
    say("{'promote':{'model':'digits','version':20250101}}");
    hear(Reports.failed("a", 1, "no such version"));
    lookAtTheClock();
    assertThat(decision().getPhase()).isEqualTo(Phase.ABORTED);
    assertThat(decision().getNewestTried()).isEqualTo(1L);

    say("{'promote':{'model':'digits','version':2}}");
    assertThat(decision().getNewestTried()).isEqualTo(2L);
  }

  @Test
  void shouldCountWhatComesWhileItIsPreparedAsTriedOnceItServes() {
    say("{'promote':{'model':'digits','version':9}}");
    hear(Reports.ready("a", 1), Reports.ready("b", 1));
    lookAtTheClock();

    assertThat(decision().getActive()).isEqualTo(9L);
    assertThat(decision().getNewestTried()).isEqualTo(9L);
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
  void shouldSayWhatTheVersionWaitedForWhenTheDeadlineIsOver() {
    say("{'promote':{'model':'digits','version':2},'deadline':'2026-11-22T12:00:30Z'}");
    elapsed = Duration.ofSeconds(30);
    InstanceReport waiting =
        Reports.preparing(
            "b",
            1,
            new VersionStatus(
                2L, VersionState.START, "not complete yet: its marker _SUCCESS is missing"));
    hear(Reports.ready("a", 1), waiting);
    lookAtTheClock();

    assertThat(decision().getReason())
        .isEqualTo(
            "not ready before the deadline 2026-11-22T12:00:30Z: waited for b (START: not complete"
                + " yet: its marker _SUCCESS is missing)");
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

  /** It may have gone with the controller before, such as in an upgrade. */
  @Test
  void shouldNotGiveUpForAnOlderInstanceThatHasOnlyBeenThere() {
    say("{'promote':{'model':'digits','version':2,'require':0.5}}");
    fleet = new Fleet(fleet.decisions(), Attendance.empty(TIMEOUT));
    InstanceReport older = Reports.atLevel("old", ProtocolLevel.TWO_PHASES);
    fleet = controller.onEarlierReport(fleet, older, now());
    elapsed = Duration.ofSeconds(1);
    hear(Reports.ready("a", 1), Reports.ready("b", 1));
    elapsed = DEADLINE.dividedBy(2);
    assertThat(lookAtTheClock().isSilent()).as("nor go on while it may be there").isTrue();

    for (int second = 1; second <= 9; second++) {
      elapsed = elapsed.plusSeconds(1);
      hear(Reports.ready("a", 1), Reports.ready("b", 1));
    }
    lookAtTheClock();

    assertThat(decision().getPhase()).isEqualTo(Phase.ACTIVE);
  }

  @Test
  void shouldGiveUpForAnOlderInstanceThatIsThere() {
    say("{'promote':{'model':'digits','version':2,'require':0.5}}");
    hear(Reports.ready("a", 1), Reports.atLevel("old", ProtocolLevel.TWO_PHASES));
    lookAtTheClock();

    assertThat(decision().getReason())
        .isEqualTo(
            "instance old has joined, whose protocol level 1 knows no require and no manifest");
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
        .satisfiesExactly(
            event -> assertThat(event.getDecided().getOutcome()).isEqualTo(Outcome.ABORTED),
            event -> assertThat(event.getDone().getOffset()).isEqualTo(2L));
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
  void shouldSayWhichLevelADecisionTakes() {
    assertThat(decision().getProtocolLevel()).isEqualTo(ProtocolLevel.TWO_PHASES);
    say("{'pin':{'model':'digits','version':2}}");
    assertThat(decision().getProtocolLevel()).isEqualTo(ProtocolLevel.HOLDINGS);
    say("{'unpin':{'model':'digits','version':2}}");
    assertThat(decision().getProtocolLevel()).isEqualTo(ProtocolLevel.TWO_PHASES);
    say("{'promote':{'model':'digits','version':2,'manifest':{'f':'" + SUM + "'}}}");
    assertThat(decision().getProtocolLevel()).isEqualTo(ProtocolLevel.HOLDINGS);
    hear(Reports.ready("a", 3), Reports.ready("b", 3));
    lookAtTheClock();

    assertThat(decision().getPhase()).isEqualTo(Phase.ACTIVE);
    assertThat(decision().getProtocolLevel()).isEqualTo(ProtocolLevel.HOLDINGS);
  }

  @Test
  void shouldHoldTheActiveVersionToItsManifestAndTheOneBeforeWhenItIsRolledBackTo() {
    say("{'promote':{'model':'digits','version':2,'manifest':{'f':'" + SUM + "'}}}");
    assertThat(decision().getActiveManifest()).isEmpty();
    hear(Reports.ready("a", 1), Reports.ready("b", 1));
    lookAtTheClock();
    assertThat(decision().getManifest()).isEmpty();
    assertThat(decision().getActiveManifest()).containsExactly(Map.entry("f", SUM));
    say("{'promote':{'model':'digits','version':3}}");
    say("{'abort':{'model':'digits'}}");
    assertThat(decision().getActiveManifest()).containsExactly(Map.entry("f", SUM));
    say("{'promote':{'model':'digits','version':3}}");
    hear(Reports.ready("a", 4), Reports.ready("b", 4));
    lookAtTheClock();
    assertThat(decision().getActiveManifest()).isEmpty();

    say("{'rollback':{'model':'digits'}}");

    assertThat(decision().getTarget()).isEqualTo(2L);
    assertThat(decision().getManifest()).containsExactly(Map.entry("f", SUM));
  }

  /** As JSON it is six times as large as in the command. */
  @Test
  void shouldRejectWhatWouldNotFitIntoADecision() {
    Map<String, String> manifest =
        IntStream.range(0, 1_000)
            .boxed()
            .collect(Collectors.toMap(i -> "\u0001".repeat(300) + i, i -> SUM));
    Command command =
        Command.newBuilder()
            .setPromote(new Promote("digits", 2L, null, null, null, null, manifest, null))
            .build();

    Ruling ruling = controller.onCommand(fleet, 7, new Decoded.Message<>(command), now());

    assertThat(ruling.decisions()).isEmpty();
    assertThat(ruling.fleet()).isEqualTo(fleet);
    assertThat(ruling.audit().get(0).getRejected().getReason())
        .matches("size: the decision would take 1,87.,... bytes \\(expected: at most 1,000,000\\)");
  }

  /** Versions are given up for ever, and forgotten in the end. */
  @Test
  void shouldRememberABoundedNumberOfVersionsThatWereGivenUp() {
    ModelDecision before = decision();
    for (long version = 2; version < 400; version++) {
      ModelDecision preparing =
          Promotion.prepare(
              Optional.of(before),
              new Promotion.Request(
                  "digits", version, true, version, START, null, null, Map.of(), null, null),
              START);
      before = Promotion.abort(preparing, "no such file", START);
    }

    assertThat(before.getGivenUp())
        .hasSize(Promotion.GIVEN_UP_ENTRIES)
        .endsWith(new GivenUp(399L, 399L));
  }

  @Test
  void shouldForgetUnloadedVersionsThatAreGoneBeforeItRefusesMore() {
    hear(Reports.having("a", 300));
    for (int version = 2; version <= 251; version++) {
      say("{'unload':{'model':'digits','version':" + version + "}}");
    }
    assertThat(decision().getUnloaded()).hasSize(250);
    assertThat(say("{'unload':{'model':'digits','version':252}}").decisions()).isEmpty();
    hear(Reports.having("a", 200, 300));

    assertThat(say("{'unload':{'model':'digits','version':252}}").decisions()).hasSize(1);
    assertThat(decision().getUnloaded()).hasSize(55).startsWith(2L, 3L, 200L).endsWith(252L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{'promote':{'model':'digits','version':1}} | digits/1 is already active",
        "{'promote':{'model':'digits','version':-3}} | promote.version: -3 (expected: 0 or more)",
        "{'promote':{'model':'digits','version':2,'expected':5}} | promote.expected: 5 (expected:"
            + " 1, the version of digits now active)",
        "{'promote':{'model':'digits','version':2,'expected':-1}} | promote.expected: -1 (expected:"
            + " 1, the version of digits now active)",
        "{'promote':{'model':'digits','version':2,'expectedEpoch':9}} | promote.expectedEpoch: 9"
            + " (expected: 0, the epoch of the newest decision about digits)",
        "{'promote':{'model':'digitz','version':2}} | model: digitz (expected: one of digits)",
        "{'promote':{'model':'digits','version':2},'deadline':'2026-11-22T11:59:59Z'} | deadline:"
            + " 2026-11-22T11:59:59Z (expected: after now, 2026-11-22T12:00:00Z)",
        "{'promote':{'model':'digits','version':2,'expectd':1}} | unknown: promote.expectd"
            + " (expected: nothing else)",
        "{'promote':{'model':'digits','version':2},'rollback':{'model':'digits'}} | command:"
            + " promote and rollback (expected: one promote, rollback, load, unload, pin, unpin,"
            + " label, pause, resume or abort)",
        "{'by':'me'} | command: none (expected: one promote, rollback, load, unload, pin, unpin,"
            + " label, pause, resume or abort)",
        "{'explode':{}} | command: explode (expected: one promote, rollback, load, unload, pin,"
            + " unpin, label, pause, resume or abort)",
        "{'pin':{'model':'digits','version':9}} | no live instance has digits/9 (expected: one of"
            + " [1, 2, 3])",
        "{'load':{'model':'digits','version':9}} | no live instance has digits/9 (expected: one of"
            + " [1, 2, 3])",
        "{'label':{'model':'digits','label':'canary','version':9}} | no live instance has digits/9"
            + " (expected: one of [1, 2, 3])",
        "{'label':{'model':'digits','label':'7','version':2}} | label.label: 7 (expected: up to 64"
            + " letters, digits, '.', '_' or '-', not digits alone and not latest)",
        "{'label':{'model':'digits','label':'latest','version':2}} | label.label: latest (expected:"
            + " up to 64 letters, digits, '.', '_' or '-', not digits alone and not latest)",
        "{'label':{'model':'digits','label':'canary'}} | model digits has no label canary",
        "{'unpin':{'model':'digits','version':2}} | digits/2 is not pinned",
        "{'unload':{'model':'digits','version':1}} | digits/1 is active; promote another version"
            + " first",
        "{'unload':{'model':'digits','version':2}} | digits/2 is not loaded on any live instance",
        "{'promote':{'model':'digits','label':'canary'}} | promote.label: canary (expected: one of"
            + " latest)",
        "{'promote':{'model':'digits','label':'latest','version':2}} | promote: both version and"
            + " label (expected: one of them)",
        "{'promote':{'model':'digits','version':2,'require':1.5}} | promote.require: 1.5 (expected:"
            + " above 0 and at most 1)",
        "{'promote':{'model':'digits','version':2,'manifest':{'saved_model.pb':'12'}}} |"
            + " promote.manifest: saved_model.pb: 12 (expected: a path and a SHA-256 sum of 64"
            + " hexadecimal digits)",
        "{'rollback':{'model':'digits'}} | model digits has no version to roll back to",
        "{'rollback':{'model':'digits','expected':2}} | rollback.expected: 2 (expected: 1, the"
            + " version of digits now active)",
        "{'pause':{'pipeline':'nobodys'}} | pipeline: nobodys (expected: one of scores)",
        "{'resume':{'pipeline':'scores'}} | pipeline scores is not paused",
        "{'abort':{'model':'digits'}} | no version of model digits is in preparation",
        "{'promote':{'model':'digits'}} | promote: neither version nor label (expected: one of"
            + " them)",
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
        "{'promote':{'model':'digits','version':3}} | digits/2 is in preparation (epoch 1); abort"
            + " it, or wait for its end",
        "{'promote':{'model':'digits','version':2}} | digits/2 is in preparation (epoch 1); abort"
            + " it, or wait for its end",
        "{'rollback':{'model':'digits'}} | digits/2 is in preparation (epoch 1); abort it, or wait"
            + " for its end",
        "{'pin':{'model':'digits','version':2}} | digits/2 is in preparation (epoch 1); abort it,"
            + " or wait for its end",
        "{'abort':{'model':'digits','epoch':7}} | abort.epoch: 7 (expected: 1, the epoch in"
            + " preparation)",
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
  void shouldHoldVersionsAndSayDone() {
    Ruling pinned = say("{'pin':{'model':'digits','version':2},'by':'me','why':'fast roll-back'}");
    say("{'label':{'model':'digits','label':'canary','version':3}}");
    say("{'load':{'model':'digits','version':3}}");

    assertThat(pinned.audit())
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getDone())
                    .isEqualTo(
                        new Done(1L, "digits", "pin", 2L, null, null, "me", "fast roll-back")));
    assertThat(Holdings.of(decision()).kept()).containsExactly(2L, 3L);
    assertThat(decision().getPhase()).isEqualTo(Phase.ACTIVE);
    assertThat(decision().getActive()).isEqualTo(1L);
    assertThat(decision().getEpoch()).as("of the promotion").isEqualTo(0L);
    say("{'unpin':{'model':'digits','version':2}}");
    say("{'label':{'model':'digits','label':'canary'}}");
    say("{'unload':{'model':'digits','version':3}}");
    assertThat(Holdings.of(decision()).kept()).isEmpty();
    assertThat(decision().getUnloaded()).containsExactly(3L);
  }

  @Test
  void shouldPauseAPipelineWhicheverModelItHasAndResumeItThoughNobodyIsLive() {
    Ruling paused = say("{'pause':{'pipeline':'scores'},'by':'me'}");

    assertThat(decision().getPaused()).containsExactly("scores");
    assertThat(decision().getProtocolLevel()).isEqualTo(ProtocolLevel.PAUSES);
    assertThat(decision().getActive()).isEqualTo(1L);
    assertThat(paused.audit().get(0).getDone())
        .isEqualTo(new Done(1L, "digits", "pause", null, null, "scores", "me", null));
    fleet = new Fleet(fleet.decisions(), Attendance.empty(TIMEOUT));
    say("{'resume':{'pipeline':'scores'}}");
    assertThat(decision().getPaused()).isEmpty();
  }

  @Test
  void shouldNotPauseWhereAnOlderInstanceWouldGoOn() {
    hear(Reports.atLevel("b", ProtocolLevel.HOLDINGS));

    assertThat(say("{'pause':{'pipeline':'scores'}}").audit().get(0).getRejected().getReason())
        .startsWith("pause: instance b speaks protocol level 2 (expected: 3 or more)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{'pin':{'model':'digits','version':3}} | digits/3 is pinned; unpin it first",
        "{'label':{'model':'digits','label':'canary','version':3}} | digits/3 is what label canary"
            + " points at; move or delete that first",
      })
  void shouldNotUnloadWhatIsHeld(String hold, String reason) {
    say("{'load':{'model':'digits','version':3}}");
    say(hold);

    Ruling ruling = say("{'unload':{'model':'digits','version':3}}");

    assertThat(ruling.decisions()).isEmpty();
    assertThat(ruling.audit())
        .singleElement()
        .satisfies(event -> assertThat(event.getRejected().getReason()).isEqualTo(reason));
  }

  @Test
  void shouldTakeBackTheUnloadingOfWhatIsPromoted() {
    say("{'load':{'model':'digits','version':2}}");
    say("{'unload':{'model':'digits','version':2}}");
    say("{'promote':{'model':'digits','version':2}}");
    assertThat(decision().getUnloaded()).containsExactly(2L);
    hear(Reports.ready("a", 3), Reports.ready("b", 3));
    lookAtTheClock();

    assertThat(decision().getActive()).isEqualTo(2L);
    assertThat(decision().getUnloaded()).isEmpty();
  }

  @Test
  void shouldPromoteByLabel() {
    say("{'label':{'model':'digits','label':'canary','version':2}}");
    say("{'promote':{'model':'digits','label':'canary'}}");
    assertThat(decision().getTarget()).isEqualTo(2L);
    say("{'abort':{'model':'digits'}}");
    assertThat(decision().getLabels()).containsExactly(Map.entry("canary", 2L));

    say("{'promote':{'model':'digits','label':'latest'}}");

    assertThat(decision().getTarget()).isEqualTo(3L);
  }

  @Test
  void shouldActivateWithAShareOnceTheOthersHaveFailed() {
    hear(Reports.idle("c"));
    say("{'promote':{'model':'digits','version':2,'require':0.6}}");
    hear(Reports.ready("a", 1), Reports.ready("b", 1));
    assertThat(lookAtTheClock().isSilent()).as("c may still answer").isTrue();
    hear(Reports.failed("c", 1, "no such file"));
    lookAtTheClock();

    assertThat(decision().getPhase()).isEqualTo(Phase.ACTIVE);
    assertThat(decision().getRequire()).isEqualTo(0.6);
  }

  @Test
  void shouldNotWaitForTheOthersBeyondHalfOfTheTimeWhereAShareIsEnough() {
    say("{'promote':{'model':'digits','version':2,'require':0.5}}");
    hear(Reports.ready("a", 1), Reports.preparing("b", 1));
    elapsed = DEADLINE.dividedBy(2).minusMillis(1);
    assertThat(lookAtTheClock().isSilent()).isTrue();
    elapsed = DEADLINE.dividedBy(2);
    lookAtTheClock();

    assertThat(decision().getPhase()).isEqualTo(Phase.ACTIVE);
  }

  @Test
  void shouldAbortWhenTheShareCannotBeReachedAnyMore() {
    hear(Reports.idle("c"));
    say("{'promote':{'model':'digits','version':2,'require':0.6}}");
    hear(Reports.failed("a", 1, "no such file"));
    assertThat(lookAtTheClock().isSilent()).isTrue();
    hear(Reports.failed("b", 1, "disk full"));
    lookAtTheClock();

    assertThat(decision().getReason())
        .isEqualTo(
            "instance a failed to prepare digits/2: no such file; instance b failed to prepare"
                + " digits/2: disk full");
  }

  @Test
  void shouldAskNothingOfAFleetThatAnOlderInstanceWouldPassOver() {
    hear(Reports.atLevel("b", ProtocolLevel.TWO_PHASES));

    Ruling pin = say("{'pin':{'model':'digits','version':2}}");
    Ruling share = say("{'promote':{'model':'digits','version':2,'require':0.5}}");
    Ruling plain = say("{'promote':{'model':'digits','version':2}}");

    assertThat(List.of(pin, share))
        .allSatisfy(
            ruling ->
                assertThat(ruling.audit().get(0).getRejected().getReason())
                    .endsWith(
                        ": instance b speaks protocol level 1 (expected: 2 or more); upgrade it"
                            + " first"));
    assertThat(plain.decisions()).hasSize(1);
  }

  @Test
  void shouldLeaveEarlierRecordsToTheVersionBeforeForAsLongAsItIsRetained() {
    Instant from = START.plusSeconds(60);
    Ruling prepare = effectiveFrom(from);
    hear(Reports.ready("a", 1), Reports.ready("b", 1));
    Ruling activated = lookAtTheClock();

    assertThat(prepare.decisions())
        .singleElement()
        .satisfies(
            decision -> {
              assertThat(decision.getEffectiveFrom()).isEqualTo(from);
              assertThat(decision.getDeadline()).isEqualTo(from.minus(NOTICE));
              assertThat(decision.getProtocolLevel()).isEqualTo(ProtocolLevel.TIMESTAMPS);
            });
    assertThat(activated.audit().get(0).getDecided().getEffectiveFrom()).isEqualTo(from);
    assertThat(Activation.of(decision()))
        .contains(new Activation(2, 1, new Activation.Earlier(1, 0, from), null));
    assertThat(decision().getTimeline().get(1).getEffectiveFrom()).isEqualTo(from);

    elapsed = Duration.ofSeconds(60).plus(RETENTION).minusMillis(1);
    assertThat(lookAtTheClock().isSilent()).isTrue();
    elapsed = elapsed.plusMillis(1);
    Ruling retired = lookAtTheClock();

    assertThat(Activation.of(decision())).contains(new Activation(2, 1, null, from));
    assertThat(decision().getPrevious()).isEqualTo(1);
    assertThat(decision().getProtocolLevel()).isEqualTo(ProtocolLevel.TWO_PHASES);
    assertThat(retired.audit())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getDecided().getOutcome()).isEqualTo(Outcome.RETIRED);
              assertThat(event.getDecided().getVersion()).isEqualTo(1);
            });
    assertThat(lookAtTheClock().isSilent()).isTrue();
  }

  @Test
  void shouldGiveUpWhatIsNotDecidedSoonEnoughBeforeItsFirstRecord() {
    effectiveFrom(START.plusSeconds(60));
    hear(Reports.ready("a", 1), Reports.ready("b", 1));
    elapsed = Duration.ofSeconds(60).minus(NOTICE);
    lookAtTheClock();

    assertThat(decision().getPhase()).isEqualTo(Phase.ABORTED);
    assertThat(decision().getReason()).startsWith("not ready before the deadline");
    assertThat(decision().getActiveFrom()).isNull();
  }

  @Test
  void shouldRejectATimeThatSomeInstanceMightHearOfTooLate() {
    assertThat(reason(effectiveFrom(START.plus(NOTICE))))
        .isEqualTo(
            "promote.effectiveFrom: %s (expected: more than 15000 ms, control.max-staleness, after now, %s)"
                .formatted(START.plus(NOTICE), START));
    Ruling share =
        say(
            "{'promote':{'model':'digits','version':2,'require':0.5,'effectiveFrom':'%s'}}"
                .formatted(START.plusSeconds(60)));
    assertThat(reason(share))
        .isEqualTo(
            "promote.require: 0.5 (expected: none with effectiveFrom, which takes every instance)");
    hear(Reports.atLevel("b", ProtocolLevel.PAUSES));
    assertThat(reason(effectiveFrom(START.plusSeconds(60))))
        .isEqualTo(
            "effectiveFrom: instance b speaks protocol level 3 (expected: 4 or more); upgrade it"
                + " first");
  }

  /** Sums and milliseconds of such times overflow, on the controller and on every instance. */
  @Test
  void shouldRejectTimesThatNobodyMeans() {
    String latest = "2036-11-22T12:00:00Z";

    assertThat(reason(effectiveFrom(Instant.parse("+1000000000-12-31T23:59:59.999Z"))))
        .isEqualTo(
            "promote.effectiveFrom: +1000000000-12-31T23:59:59.999Z (expected: at most %s)"
                .formatted(latest));
    assertThat(reason(effectiveFrom(Instant.MIN)))
        .startsWith("promote.effectiveFrom: -1000000000-01-01T00:00:00Z (expected: more than");
    assertThat(reason(effectiveFrom(Instant.parse(latest).plusMillis(1))))
        .endsWith("(expected: at most %s)".formatted(latest));
    assertThat(
            reason(
                say(
                    "{'promote':{'model':'digits','version':2},'deadline':'+1000000000-12-31T23:59:59Z'}")))
        .isEqualTo(
            "deadline: +1000000000-12-31T23:59:59Z (expected: at most %s)".formatted(latest));
    assertThat(effectiveFrom(Instant.parse(latest)).decisions()).hasSize(1);
  }

  @Test
  void shouldRejectATimeWhereNoVersionServesEarlierRecords() {
    fleet = Fleet.empty(TIMEOUT);
    hear(Reports.idle("a"));

    assertThat(reason(effectiveFrom(START.plusSeconds(60))))
        .endsWith(
            "(expected: none, since no version of digits is active that would serve earlier"
                + " records)");
  }

  @Test
  void shouldAbortWhenAnInstanceJoinsThatKnowsOfNoTimestamps() {
    effectiveFrom(START.plusSeconds(60));
    hear(Reports.ready("a", 1), Reports.ready("b", 1), Reports.atLevel("c", ProtocolLevel.PAUSES));
    lookAtTheClock();

    assertThat(decision().getReason())
        .isEqualTo("instance c has joined, whose protocol level 3 knows no effectiveFrom");
  }

  @Test
  void shouldTakeNoSecondTimeNorUnloadWhatStillServesEarlierRecords() {
    effectiveFrom(START.plusSeconds(60));
    hear(Reports.ready("a", 1), Reports.ready("b", 1));
    lookAtTheClock();

    assertThat(
            reason(
                say(
                    "{'promote':{'model':'digits','version':3,'effectiveFrom':'%s'}}"
                        .formatted(START.plusSeconds(90)))))
        .contains("(expected: none, while digits/1 still serves records from before ");
    assertThat(reason(say("{'unload':{'model':'digits','version':1}}")))
        .startsWith("digits/1 serves records from before ");
  }

  @Test
  void shouldPromoteForAllRecordsWhatServesFromATimeOn() {
    effectiveFrom(START.plusSeconds(60));
    hear(Reports.ready("a", 1), Reports.ready("b", 1));
    lookAtTheClock();
    say("{'promote':{'model':'digits','version':2}}");
    hear(Reports.ready("a", 2), Reports.ready("b", 2));
    lookAtTheClock();

    assertThat(Activation.of(decision())).contains(Activation.of(2, 2));
    assertThat(decision().getPrevious()).as("to roll back to").isEqualTo(1);
    assertThat(reason(say("{'promote':{'model':'digits','version':2}}")))
        .isEqualTo("digits/2 is already active");
  }

  /** Whoever makes it ready later is held to the sums that it was promoted with. */
  @Test
  void shouldKeepTheManifestOfWhatIsPromotedForAllRecords() {
    say(
        "{'promote':{'model':'digits','version':2,'effectiveFrom':'%s','manifest':{'a':'%s'}}}"
            .formatted(START.plusSeconds(60), SUM));
    hear(Reports.ready("a", 1), Reports.ready("b", 1));
    lookAtTheClock();
    say("{'promote':{'model':'digits','version':2}}");
    assertThat(decision().getManifest()).as("prepared as it serves").containsEntry("a", SUM);
    hear(Reports.ready("a", 2), Reports.ready("b", 2));
    lookAtTheClock();

    assertThat(Activation.of(decision())).contains(Activation.of(2, 2));
    assertThat(decision().getActiveManifest()).containsExactly(Map.entry("a", SUM));
  }

  private Ruling effectiveFrom(Instant from) {
    return say("{'promote':{'model':'digits','version':2,'effectiveFrom':'%s'}}".formatted(from));
  }

  private static String reason(Ruling rejected) {
    assertThat(rejected.decisions()).isEmpty();
    return rejected.audit().get(0).getRejected().getReason();
  }

  @Test
  void shouldAnswerWhatIsAsLargeAsAMessageMayBe() {
    String huge = "x".repeat(900_000);

    Ruling unknown = say("{'pin':{'model':'" + huge + "','version':2}}");
    Ruling promoted =
        say("{'promote':{'model':'digits','version':2},'by':'" + huge + "','why':'because'}");
    hear(Reports.failed("a", 2, huge), Reports.failed("b", 2, huge));
    Ruling aborted = lookAtTheClock();

    assertThat(List.of(unknown, promoted, aborted))
        .allSatisfy(
            ruling -> {
              assertThat(ruling.audit()).hasSize(1);
              assertThat(ControlMessages.encode(ruling.audit().get(0))).hasSizeLessThan(50_000);
            });
    assertThat(ControlMessages.encode(decision())).hasSizeLessThan(50_000);
  }

  @Test
  void shouldBoundWhatIsHeld() {
    hear(Reports.having("a", 300));
    for (int version = 202; version <= 251; version++) {
      say("{'pin':{'model':'digits','version':" + version + "}}");
    }
    for (int version = 1; version <= 201; version++) {
      say("{'pin':{'model':'digits','version':" + version + "}}");
    }

    assertThat(decision().getPins()).hasSize(250);
    assertThat(say("{'pin':{'model':'digits','version':252}}").audit())
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getRejected().getReason())
                    .isEqualTo(
                        "model digits: 250 versions or labels are held already (expected: at most"
                            + " 250)"));
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
    Ruling ruling = controller.onTime(fleet, "digits", now());
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
