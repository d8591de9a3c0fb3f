package io.penstock.model.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class NativeMemoryTest {

  private static final long MIB = 1 << 20;

  private long resident = 500 * MIB;
  private final NativeMemory memory =
      new NativeMemory(
          Optional.of(new MemoryLimit("inference.native-memory", 1000 * MIB)),
          () -> Optional.of(new ProcessMemory(resident, 0, 0)));

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

  @Test
  void shouldCorrectItsEstimateByTheLeastThatWasMeasured() {
    // given
    load("fraud", 1, 100, 190);
    assertThat(memory.bookedBytes()).isEqualTo(190 * MIB);
    load("fraud", 2, 100, 150);

    // when
    load("fraud", 3, 100, 800);

    // then
    assertThat(memory.bookedBytes()).isEqualTo((190 + 150 + 150) * MIB);
  }

  @Test
  void shouldNotBelieveALoadThatTookLessThanItsFilesOrFarMore() {
    load("small", 1, 100, -50);
    load("large", 1, 100, 300);

    assertThat(memory.bookedBytes()).isEqualTo((100 + 200) * MIB);
  }

  @Test
  void shouldNotMeasureLoadsThatOverlap() {
    // given
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
    long seed = System.nanoTime();
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
          .isEqualTo(open.stream().mapToLong(c -> (long) (c.fileBytes() * 1.2)).sum());
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
    load("language", 1, 100, 150);
    for (int version = 1; version <= 8; version++) {
      // given one that fails to load, and one that keeps what it took
      assertThat(memory.takeBack(claim("fraud", version, 100))).isEmpty();
      Claim closed = loaded("fraud", version, 100, 100);

      // when
      memory.takeBack(closed).ifPresent(found::add);
      assertThat(memory.takeBack(closed)).as("a second time").isEmpty();
    }

    // then
    assertThat(found).containsExactly(new Residue.Growth(400 * MIB, 4, 400 * MIB));
  }

  @Test
  void shouldFindNothingWhereAllComesBack() {
    for (int version = 1; version <= 100; version++) {
      Claim closed = loaded("fraud", version, 100, 100);
      resident -= 100 * MIB;

      assertThat(memory.takeBack(closed)).isEmpty();
    }
  }

  private void load(String model, long version, long mebibytes, long grownMebibytes) {
    var unused = loaded(model, version, mebibytes, grownMebibytes);
  }

  private Claim loaded(String model, long version, long mebibytes, long grownMebibytes) {
    Claim claim = claim(model, version, mebibytes);
    resident += grownMebibytes * MIB;
    claim.loaded();
    return claim;
  }

  private Claim claim(String model, long version, long mebibytes) {
    return memory.claim(new ServableId(model, version), mebibytes * MIB, Optional.empty());
  }
}
