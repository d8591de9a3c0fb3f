package io.penstock.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.requests.RefusedRequestException.Code;
import org.junit.jupiter.api.Test;

final class RequestRoomTest {

  private static final int MAX_ROWS = 10;
  private static final int MAX_BYTES = 100;

  private final RequestBudget budget = new RequestBudget("fake", MAX_ROWS, MAX_BYTES);
  private final RequestRoom room = new RequestRoom(budget);

  @Test
  void shouldHoldWhatItTakesUntilItIsClosed() {
    room.takeBytes(30);
    room.hold(4, 50);
    room.giveBackBytes(10);

    assertThat(budget.usedRows()).isEqualTo(4);
    assertThat(budget.usedBytes()).isEqualTo(40);

    room.close();
    room.close();

    assertThat(budget.usedRows()).isZero();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void shouldRefuseForGoodWhatNoRequestEverHasRoomFor() {
    room.takeBytes(60);

    assertRefused(() -> room.takeBytes(41), Code.RESOURCE_EXHAUSTED, "bytes: 101 (expected: at");
    assertRefused(() -> room.requireRows(11), Code.RESOURCE_EXHAUSTED, "rows: 11 (expected: at");
    assertRefused(() -> room.hold(11, 0), Code.RESOURCE_EXHAUSTED, "requests.max-queued-rows");
    assertThat(budget.usedBytes()).isEqualTo(60);
  }

  @Test
  void shouldRefuseForNowWhatOthersHaveLeftNoRoomFor() {
    // given
    RequestRoom other = new RequestRoom(budget);
    other.hold(6, 60);
    room.takeBytes(20);
    // when, then
    assertRefused(() -> room.takeBytes(21), Code.UNAVAILABLE, "6 rows and 80 bytes are held");
    assertRefused(() -> room.hold(5, 20), Code.UNAVAILABLE, "model fake has no room");
    assertThat(budget.usedRows()).isEqualTo(6);
    assertThat(budget.usedBytes()).isEqualTo(80);
    other.close();
    room.hold(10, 100);
    assertThat(budget.usedRows()).isEqualTo(10);
  }

  private static void assertRefused(Runnable taking, Code code, String message) {
    assertThatThrownBy(taking::run)
        .isInstanceOfSatisfying(
            RefusedRequestException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(code);
              assertThat(refusal).hasMessageContaining(message);
            });
  }
}
