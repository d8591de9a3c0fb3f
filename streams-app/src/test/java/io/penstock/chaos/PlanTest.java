package io.penstock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlanTest {

  private static final int PLANS = 500;

  private static List<Plan> plans() {
    return LongStream.range(0, PLANS)
        .mapToObj(seed -> Plan.draw(seed, Guarantee.EXACTLY_ONCE_V2))
        .toList();
  }

  @Test
  void shouldBeTheSameForTheSameSeed() {
    assertThat(plans()).isEqualTo(plans());
    assertThat(plans().stream().map(Plan::strikes)).doesNotHaveDuplicates();
  }

  @Test
  void shouldStrikeTheSameUnderBothGuarantees() {
    assertThat(Plan.draw(7, Guarantee.AT_LEAST_ONCE).strikes())
        .isEqualTo(Plan.draw(7, Guarantee.EXACTLY_ONCE_V2).strikes());
  }

  @Test
  void shouldAlwaysKillStopAndPromote() {
    assertThat(plans())
        .allMatch(plan -> plan.has(Fault.KILL))
        .allMatch(plan -> plan.has(Fault.TERMINATE))
        .allMatch(plan -> plan.has(Fault.PROMOTE));
  }

  @Test
  void shouldStrikeInOrderAndBeOverInTime() {
    assertThat(plans())
        .allSatisfy(
            plan -> {
              assertThat(plan.strikes())
                  .isSortedAccordingTo(Comparator.comparing(Strike::atMillis));
              assertThat(plan.endMillis()).isLessThan(Plan.SPAN_MILLIS + 8000);
            });
  }

  @Test
  void shouldDrawEveryFaultManyTimes() {
    Map<Fault, Integer> drawn = new EnumMap<>(Fault.class);
    plans().stream()
        .flatMap(plan -> plan.strikes().stream())
        .forEach(strike -> drawn.merge(strike.fault(), 1, Integer::sum));

    assertThat(drawn).containsOnlyKeys(Fault.values());
    assertThat(drawn.values()).allMatch(count -> count > PLANS / 20);
  }

  @Test
  void shouldOverlapFaultsInMostPlans() {
    assertThat(plans().stream().filter(PlanTest::overlaps).count()).isGreaterThan(PLANS / 2);
  }

  private static boolean overlaps(Plan plan) {
    List<Strike> strikes = plan.strikes();
    return IntStream.range(1, strikes.size())
        .anyMatch(
            i ->
                strikes.subList(0, i).stream()
                    .anyMatch(before -> before.endMillis() > strikes.get(i).atMillis()));
  }

  @Test
  void shouldAlwaysWantAnInstanceAndStrikeOnlyWantedOnes() {
    for (Plan plan : plans()) {
      TreeSet<Integer> wanted = new TreeSet<>();
      IntStream.range(0, plan.instances()).forEach(wanted::add);
      for (Strike strike : plan.strikes()) {
        switch (strike.fault().target()) {
          case INSTANCE -> assertThat(wanted).as("%s", plan).contains(strike.slot());
          case FREE_SLOT -> assertThat(wanted.add(strike.slot())).as("%s", plan).isTrue();
          default -> assertThat(strike.slot()).isEqualTo(Strike.NO_SLOT);
        }
        if (strike.fault() == Fault.LEAVE) {
          wanted.remove(strike.slot());
        }
        assertThat(wanted).as("%s", plan).isNotEmpty().hasSizeLessThanOrEqualTo(Plan.SLOTS);
      }
    }
  }

  @Test
  void shouldNotFailTheBrokerTwiceAtATime() {
    for (Plan plan : plans()) {
      List<Strike> outages =
          plan.strikes().stream()
              .filter(strike -> strike.fault().target() == Fault.Target.BROKER)
              .toList();
      for (int i = 1; i < outages.size(); i++) {
        assertThat(outages.get(i).atMillis())
            .as("%s", plan)
            .isGreaterThan(outages.get(i - 1).endMillis());
      }
    }
  }

  @Test
  void shouldRollBackOnlyWhatWasPromoted() {
    assertThat(plans())
        .filteredOn(plan -> plan.has(Fault.ROLL_BACK))
        .isNotEmpty()
        .allSatisfy(
            plan ->
                assertThat(plan.strikes().stream().map(Strike::fault))
                    .containsSubsequence(Fault.PROMOTE, Fault.ROLL_BACK));
  }
}
