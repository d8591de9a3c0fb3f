package io.penstock.model.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ResidueTest {

  private static final long MIB = 1 << 20;

  private final Residue residue = new Residue();
  private final List<Residue.Growth> found = new ArrayList<>();
  private long resident = 900 * MIB;
  private long heap = 400 * MIB;
  private long heapUsed = 400 * MIB;

  @Test
  void shouldFindVersionsThatLeaveAllOfTheirMemoryBehind() {
    for (int version = 0; version < 8; version++) {
      close(100, 100);
    }

    assertThat(found).containsExactly(new Residue.Growth(400 * MIB, 4, 400 * MIB));
  }

  @Test
  void shouldFindItOnceForEachTimeThatItGrowsSoMuch() {
    for (int version = 0; version < 24; version++) {
      close(49, 49);
    }

    assertThat(found).hasSize(2);
  }

  @Test
  void shouldBearWhatProcessesMoveByAnyway() {
    long seed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(seed);
    for (int version = 0; version < 1000; version++) {
      long noise = random.nextInt(200) * MIB;
      resident += noise;
      close(49, 0);
      resident -= noise;
    }

    assertThat(found).as("seed %d", seed).isEmpty();
  }

  @Test
  void shouldBearThatTheVirtualMachineGrowsALittleWithLargeVersions() {
    for (int version = 0; version < 100; version++) {
      close(2000, 20);
    }

    assertThat(found).isEmpty();
  }

  @Test
  void shouldBearThatTheHeapGrows() {
    for (int version = 0; version < 8; version++) {
      close(49, 0);
    }
    resident += 600 * MIB;
    heap += 600 * MIB;
    heapUsed += 600 * MIB;
    for (int version = 0; version < 8; version++) {
      close(49, 0);
    }

    assertThat(found).isEmpty();
  }

  @Test
  void shouldBearThatAHeapBecomesResidentWhichWasSetAsideFromTheStart() {
    heap = 1000 * MIB;
    for (int version = 0; version < 8; version++) {
      close(49, 0);
    }
    resident += 590 * MIB;
    heapUsed += 590 * MIB;
    for (int version = 0; version < 8; version++) {
      close(49, 0);
    }

    assertThat(found).isEmpty();
  }

  private void close(long mebibytes, long leftMebibytes) {
    resident += leftMebibytes * MIB;
    residue
        .closed(mebibytes * MIB, 49 * MIB, new ProcessMemory(resident, heap, heapUsed))
        .ifPresent(found::add);
  }
}
