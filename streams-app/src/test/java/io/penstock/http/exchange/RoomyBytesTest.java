package io.penstock.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.requests.RequestRoom;
import io.penstock.requests.Rooms;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RoomyBytesTest {

  @Test
  void shouldHoldAtLeastWhatItHasAndNoMoreThanThreeTimesThat() {
    long seed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(seed);
    RequestRoom room = Rooms.of(1, 1 << 24);
    RoomyBytes bytes = new RoomyBytes(room);
    while (bytes.size() < 1 << 20) {
      // when
      if (random.nextBoolean()) {
        bytes.write(7);
      } else {
        byte[] more = new byte[random.nextInt(5000)];
        bytes.write(more, 0, more.length);
      }
      // then
      assertThat(Rooms.bytes(room))
          .as("seed %d", seed)
          .isBetween((long) bytes.size(), Math.max(512, 3L * bytes.size()));
    }
  }

  @Test
  void shouldRefuseToGrowBeyondItsRoom() {
    RoomyBytes bytes = new RoomyBytes(Rooms.of(1, 10_000));

    assertThatThrownBy(() -> bytes.write(new byte[10_000], 0, 10_000))
        .hasMessageContaining("(expected: at most 10000, by requests.max-queued-bytes)");
    assertThat(bytes.size()).isZero();
  }
}
