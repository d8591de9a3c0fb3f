package io.penstock.model.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.model.ModelException;
import io.penstock.model.RetriableModelException;
import io.penstock.model.ServableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NativeMemoryTest {

  private static final long MIB = 1 << 20;

  private long resident = 500 * MIB;
  private long heap;
  private final NativeMemory memory =
      new NativeMemory(
          Optional.of(new MemoryLimit("inference.native-memory", 1000 * MIB)),
          () -> Optional.of(new ProcessMemory(resident, heap, 0)));
  private final NativeMemory unlimited =
      new NativeMemory(Optional.empty(), () -> Optional.of(new ProcessMemory(resident, heap, 0)));

  @Test
  void shouldEstimateAsTensorFlowServingUntilSomethingWasMeasured() {
    try (Claim claim = claim("fraud", 1, 100)) {
      assertThat(memory.bookedBytes()).isEqualTo(120 * MIB);
    }
    assertThat(memory.bookedBytes()).isZero();
  }

  @Test
  void shouldRefuseWhatDoesNotFit() {
    // given
    var unused = claim("fraud", 1, 500);

    // when, then
    assertThatThrownBy(() -> claim("language", 7, 400))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "language/7 does not fit into native memory: 480.0 MiB needed (its files × 1.20), 600.0 MiB in use by [fraud/1] (inference.native-memory: 1000.0 MiB). Unload a version, raise the limit, or shrink the model.");
    assertThat(memory.bookedBytes()).isEqualTo(600 * MIB);
  }

  @Test
  void shouldTellWhoFindsNoRoomWhenAVersionThatLeavesHasGone() {
    // given
    Claim first = claim("fraud", 1, 500);
    first.loaded();
    first.leaving();

    // when
    NoRoomException refused =
        catchThrowableOfType(NoRoomException.class, () -> claim("language", 7, 400));

    // then
    assertThat(refused)
        .hasMessageEndingWith("Being closed, once their last leases are back: [fraud/1].");
    assertThat(refused.isRoomOnItsWay()).isTrue();
    CompletionStage<Void> givenBack = refused.givenBack();
    assertThat(givenBack.toCompletableFuture()).isNotDone();

    // when
    first.close();

    // then
    assertThat(givenBack.toCompletableFuture()).isCompleted();
    assertThat(claim("language", 7, 400)).isNotNull();
  }

  @Test
  void shouldNotHaveAVersionWaitForOneThatMakesNoRoomForIt() {
    // given one that is on its way out, and a limit that it does not count against
    claim("language", 1, 300).leaving();
    MemoryLimit own = new MemoryLimit("models.fraud.native-memory", 100 * MIB);

    // when
    NoRoomException refused =
        catchThrowableOfType(
            NoRoomException.class,
            () -> memory.claim(new ServableId("fraud", 2), 100 * MIB, Optional.of(own)));

    // then
    assertThat(refused.isRoomOnItsWay()).isFalse();
    assertThat(refused).hasMessageEndingWith("or shrink the model.");
  }

  @Test
  void shouldNotHaveAVersionWaitForTooLittleRoom() {
    // given one that is on its way out, and takes less than is missing
    claim("fraud", 1, 100).leaving();
    var unused = claim("fraud", 2, 400);

    // when
    NoRoomException refused =
        catchThrowableOfType(NoRoomException.class, () -> claim("language", 7, 500));

    // then
    assertThat(refused.isRoomOnItsWay()).isFalse();
    assertThat(refused).hasMessageEndingWith("or shrink the model.");
    assertThat(refused.givenBack().toCompletableFuture()).isNotDone();
  }

  @Test
  void shouldHoldAModelsOwnLimitAgainstItsOwnVersions() {
    // given
    MemoryLimit own = new MemoryLimit("models.fraud.native-memory", 200 * MIB);
    var unused = claim("language", 1, 300);
    var first = memory.claim(new ServableId("fraud", 1), 100 * MIB, Optional.of(own));

    // when, then
    assertThatThrownBy(() -> memory.claim(new ServableId("fraud", 2), 100 * MIB, Optional.of(own)))
        .hasMessageContaining("120.0 MiB in use by [fraud/1] (models.fraud.native-memory");

    // when
    first.close();

    // then
    assertThat(memory.claim(new ServableId("fraud", 2), 100 * MIB, Optional.of(own))).isNotNull();
  }

  /** Files and what their load showed, in MiB; and what the next version is estimated at. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nothing was measured         |                         | 100 | 120
          a load                       | 100/190                 | 100 | 190
          the middle of two is higher  | 100/190 100/150         | 100 | 190
          the middle of three          | 100/190 100/150 100/800 | 100 | 190
          far more than the files      | 100/500                 | 100 | 500
          in proportion                | 100/300                 | 150 | 450
          reused what was given back   | 100/-50 100/90          | 100 | 120
          too little to be seen        | 10/60                   | 10  | 12
          a small one is no measure    | 10/90                   | 100 | 120
          the last eight               | 100/500 100/500 100/500 100/500 100/200 100/200 100/200 100/200 100/200 100/200 | 100 | 200
          """)
  void shouldCorrectItsEstimateByWhatLoadsTook(
      String why, @Nullable String loads, long mebibytes, long expected) {
    // given
    var first = loadedInto(unlimited, "any", 0, 0, 300);
    for (String each : loads == null ? new String[0] : loads.split(" ")) {
      String[] load = each.split("/");
      resident = 500 * MIB;
      unlimited.takeBack(
          loadedInto(unlimited, "fraud", 1, Long.parseLong(load[0]), Long.parseLong(load[1])));
    }
    long before = unlimited.bookedBytes();

    // when
    var unused = unlimited.claim(new ServableId("fraud", 2), mebibytes * MIB, Optional.empty());

    // then
    assertThat(unlimited.bookedBytes() - before).as(why).isEqualTo(expected * MIB);
  }

  @Test
  void shouldNotMeasureTheHeap() {
    // given
    load("any", 0, 0, 300);
    Claim claim = claim("fraud", 1, 100);

    // when
    resident += 400 * MIB;
    heap += 200 * MIB;
    claim.loaded();

    // then
    assertThat(memory.bookedBytes()).isEqualTo(200 * MIB);
  }

  @Test
  void shouldNotMeasureLoadsThatOverlap() {
    // given
    load("any", 0, 0, 300);
    Claim one = claim("fraud", 1, 100);
    Claim other = claim("language", 1, 100);

    // when
    resident += 180 * MIB;
    one.loaded();
    other.loaded();

    // then
    assertThat(memory.bookedBytes()).isEqualTo(240 * MIB);
    load("fraud", 2, 100, 170);
    assertThat(memory.bookedBytes()).isEqualTo((240 + 170) * MIB);
  }

  @Test
  void shouldCountWhatTheProcessTakesInFact() {
    // given a version that takes far more at work than it was booked with
    load("any", 0, 0, 300);
    load("fraud", 1, 100, 120);
    resident += 1100 * MIB;

    // when, then
    assertThatThrownBy(() -> claim("language", 7, 100))
        .isInstanceOf(RetriableModelException.class)
        .hasMessage(
            "language/7 does not fit into native memory: 120.0 MiB needed (its files × 1.20), 120.0 MiB in use by [any/0, fraud/1], and 844.0 MiB that the process has grown by beside them and its heap (inference.native-memory: 1000.0 MiB). Unload a version, raise the limit, or shrink the model.");

    // when it has come back
    resident -= 1100 * MIB;

    // then
    assertThat(claim("language", 7, 100)).isNotNull();
  }

  @Test
  void shouldAdmitAnyNumberOfSwapsWithinALimitForTwo() {
    // given an allocator that keeps what versions leave, and lets the next have it
    load("any", 0, 0, 300);
    Claim serving = loaded("fraud", 1, 400, 480);
    for (int version = 2; version <= 20; version++) {
      // when
      Claim next = loaded("fraud", version, 400, version == 2 ? 480 : 0);
      serving.close();
      serving = next;

      // then
      assertThat(memory.bookedBytes()).isEqualTo(480 * MIB);
    }
    assertThat(resident).isEqualTo((500 + 300 + 2 * 480) * MIB);
  }

  @Test
  void shouldMeasureOthersBesideALoadThatWasGivenUpOn() {
    // given
    load("any", 0, 0, 300);
    Claim hanging = claim("fraud", 1, 100);

    // when
    memory.giveUp(new ServableId("fraud", 1));

    // then
    load("fraud", 2, 100, 170);
    assertThat(memory.bookedBytes()).isEqualTo((120 + 170) * MIB);

    // when it comes back after all
    hanging.close();

    // then
    load("fraud", 3, 100, 170);
    assertThat(memory.bookedBytes()).isEqualTo(2 * 170 * MIB);
  }

  @Test
  void shouldNotTakeForRoomWhatClosedVersionsNeverGiveBack() {
    // given versions that leave all they took
    load("any", 0, 0, 300);
    Claim first = loaded("fraud", 1, 400, 480);

    // when, then
    assertThatThrownBy(
            () -> {
              Claim last = first;
              for (int version = 2; version <= 20; version++) {
                Claim next = loaded("fraud", version, 400, 480);
                last.close();
                last = next;
              }
            })
        .hasMessageContaining("that the process has grown by beside them");
    assertThat(resident).isLessThan(3_000 * MIB);
  }

  @Test
  void shouldNotCountALoadThatIsNotResidentYetTwice() {
    // given growth that is nobody's, seen while nothing was loaded
    load("any", 0, 0, 300);
    load("fraud", 1, 100, 120);
    resident += 656 * MIB;
    Claim loading = claim("language", 1, 100);

    // when, then another one beside it: 120 + 120 + 400
    assertThatThrownBy(() -> claim("fraud", 2, 320))
        .hasMessageContaining("and 400.0 MiB that the process has grown by");
    resident += 120 * MIB;
    assertThat(claim("fraud", 2, 290)).as("the load is resident by now").isNotNull();
    loading.loaded();
  }

  @Test
  void shouldLeaveRoomWhereALoadFailed() {
    // given
    load("any", 0, 0, 300);
    for (int version = 1; version <= 20; version++) {
      // when a load fails late, and the allocator keeps what it had
      Claim failed = claim("fraud", version, 700);
      resident += version == 1 ? 800 * MIB : 0;
      failed.close();
    }

    // then
    assertThat(claim("fraud", 21, 700)).isNotNull();
  }

  @Test
  void shouldKeepTheProcessWithinTheLimitOnceModelsHaveBeenMeasured() {
    long seed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(seed);
    // given models that take up to six times their files
    load("any", 0, 0, 300);
    long bare = resident;
    List<Integer> factors = List.of(1, 2 + random.nextInt(2), 4 + random.nextInt(3));
    for (int model = 0; model < factors.size(); model++) {
      Claim first = loaded("model" + model, 0, 100, 100L * factors.get(model));
      resident -= 100L * factors.get(model) * MIB;
      first.close();
    }
    Map<Claim, Long> open = new HashMap<>();
    int refusals = 0;
    for (int step = 0; step < 500; step++) {
      // when
      if (!open.isEmpty() && random.nextBoolean()) {
        Claim closed = List.copyOf(open.keySet()).get(random.nextInt(open.size()));
        resident -= Objects.requireNonNull(open.remove(closed));
        closed.close();
      } else {
        int model = random.nextInt(factors.size());
        long files = 70 + random.nextInt(100);
        try {
          Claim claim = loaded("model" + model, step, files, files * factors.get(model));
          open.put(claim, files * factors.get(model) * MIB);
        } catch (ModelException refused) {
          refusals++;
        }
      }

      // then
      assertThat(resident - bare).as("seed %d, step %d", seed, step).isBetween(0L, 1000 * MIB);
    }
    assertThat(refusals).as("seed %d", seed).isPositive();
  }

  @Test
  void shouldGiveBackOnce() {
    // given
    Claim one = claim("fraud", 1, 100);
    var unused = claim("fraud", 2, 100);

    // when
    one.close();
    one.close();

    // then
    assertThat(memory.bookedBytes()).isEqualTo(120 * MIB);
  }

  @Test
  void shouldBookTheSumOfWhatIsOpenAndNeverMoreThanTheLimit() {
    long seed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(seed);
    List<Claim> open = new ArrayList<>();
    for (int step = 0; step < 500; step++) {
      if (!open.isEmpty() && random.nextBoolean()) {
        open.remove(random.nextInt(open.size())).close();
      } else {
        try {
          open.add(claim("model" + random.nextInt(3), step, random.nextInt(300)));
        } catch (ModelException refused) {
          assertThat(refused).hasMessageContaining("does not fit");
        }
      }
      assertThat(memory.bookedBytes())
          .as("seed %d", seed)
          .isBetween(0L, 1000 * MIB)
          .isEqualTo(open.stream().mapToLong(c -> Math.round(c.fileBytes() * 1.2)).sum());
    }
  }

  @Test
  void shouldReadResidentMemoryAsLinuxWritesIt() {
    assertThat(ProcessMemory.resident("VmHWM:\t  99 kB\nVmRSS:\t  1024 kB\nRssAnon:\t 5 kB\n"))
        .hasValue(MIB);
    assertThat(ProcessMemory.resident("Name:\tjava\n")).isEmpty();
  }

  @Test
  void shouldSayWhatCameBack() {
    assertThat(memory.closing(() -> resident -= 50 * MIB))
        .isEqualTo("Resident memory: 450.0 MiB, 50.0 MiB less than before.");
    assertThat(memory.closing(() -> resident += MIB / 2))
        .isEqualTo("Resident memory: 450.5 MiB, 0.5 MiB more than before.");
    assertThat(new NativeMemory(Optional.empty(), Optional::empty).closing(() -> {}))
        .contains("not to be seen");
  }

  @Test
  void shouldAddUpWhatClosedVersionsLeaveBehind() {
    List<Residue.Growth> found = new ArrayList<>();
    var language = loadedInto(unlimited, "language", 1, 100, 150);
    for (int version = 1; version <= 8; version++) {
      // given one that fails to load, and one that keeps what it took
      assertThat(
              unlimited.takeBack(
                  unlimited.claim(new ServableId("fraud", version), 100 * MIB, Optional.empty())))
          .isEmpty();
      Claim closed = loadedInto(unlimited, "fraud", version, 100, 100);

      // when
      unlimited.takeBack(closed).ifPresent(found::add);
      assertThat(unlimited.takeBack(closed)).as("a second time").isEmpty();
    }

    // then
    assertThat(found).containsExactly(new Residue.Growth(400 * MIB, 4, 400 * MIB));
  }

  @Test
  void shouldFindNothingWhereAllComesBack() {
    for (int version = 1; version <= 100; version++) {
      Claim closed = loadedInto(unlimited, "fraud", version, 100, 100);
      resident -= 100 * MIB;

      assertThat(unlimited.takeBack(closed)).isEmpty();
    }
  }

  private void load(String model, long version, long mebibytes, long grownMebibytes) {
    var unused = loaded(model, version, mebibytes, grownMebibytes);
  }

  private Claim loaded(String model, long version, long mebibytes, long grownMebibytes) {
    return loadedInto(memory, model, version, mebibytes, grownMebibytes);
  }

  private Claim loadedInto(
      NativeMemory where, String model, long version, long mebibytes, long grownMebibytes) {
    Claim claim = where.claim(new ServableId(model, version), mebibytes * MIB, Optional.empty());
    resident += grownMebibytes * MIB;
    claim.loaded();
    return claim;
  }

  private Claim claim(String model, long version, long mebibytes) {
    return memory.claim(new ServableId(model, version), mebibytes * MIB, Optional.empty());
  }
}
