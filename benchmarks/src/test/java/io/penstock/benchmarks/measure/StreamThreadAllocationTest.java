package io.penstock.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreamThreadAllocationTest {

  @Test
  void shouldAddStreamThreadsAndNoOthers() {
    String dump =
        """
        "main" #1 prio=5 os_prio=0 cpu=101.50ms elapsed=12.11s allocated=8M defined_classes=521 tid=0x1
        "app-StreamThread-1" #31 prio=5 os_prio=0 cpu=3102.17ms elapsed=9.36s allocated=3B defined_classes=8 tid=0x2
        "app-StreamThread-2" #32 prio=5 os_prio=0 cpu=3102.17ms elapsed=9.36s allocated=2K defined_classes=8 tid=0x3
        "kafka-producer-network-thread | app-StreamThread-1-producer" #40 daemon cpu=1ms allocated=9M defined_classes=8
        """;

    assertThat(StreamThreadAllocation.parse(dump)).hasValue(3 + 2 * 1024);
  }

  @Test
  void shouldSayThatThereIsNone() {
    assertThat(StreamThreadAllocation.parse("\"main\" #1 allocated=8M defined_classes=1"))
        .isEmpty();
  }
}
