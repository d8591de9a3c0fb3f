package io.penstock.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InflowTest {

  private static final String PREDICT = "tensorflow.serving.PredictionService/Predict";
  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

  @Test
  void shouldCountMessagesUntilSomebodyElseDoes() {
    Inflow inflow = new Inflow(100, Duration.ofMinutes(1));
    Inflow.Message first = (Inflow.Message) inflow.newServerStreamTracer(PREDICT, new Metadata());
    Inflow.Message second = (Inflow.Message) inflow.newServerStreamTracer(PREDICT, new Metadata());

    first.inboundWireSize(40);
    first.inboundWireSize(20);

    assertThatThrownBy(() -> second.inboundWireSize(41))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("UNAVAILABLE: too many bytes of requests are coming in");
    assertThat(inflow.heldBytes()).isEqualTo(60);
    first.release();
    first.streamClosed(Status.OK);
    assertThat(inflow.heldBytes()).isZero();
    second.inboundWireSize(100);
    second.streamClosed(Status.CANCELLED);
    assertThat(inflow.heldBytes()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    ",60000m",
    "59S,59S",
    "2M,60000m",
    "99999999H,60000m",
    "1n,1n",
    "60000m,60000m",
    "nonsense,60000m"
  })
  void shouldNotLetACallLastLonger(String sent, String held) {
    assertThat(timeout(PREDICT, sent, Duration.ofMinutes(1))).isEqualTo(held);
  }

  @Test
  void shouldSayLongTimesInEightDigits() {
    assertThat(timeout(PREDICT, null, Duration.ofDays(10))).isEqualTo("864000S");
  }

  @Test
  void shouldLetWatchersOfHealthStay() {
    assertThat(timeout("grpc.health.v1.Health/Watch", null, Duration.ofMinutes(1))).isNull();
  }

  /** Who watches needs no token: what he sends must not take the room of predictions. */
  @Test
  void shouldNotCountWhatIsAboutNoModelAndKeepItSmall() {
    Inflow inflow = new Inflow(100, Duration.ofMinutes(1));
    ServerStreamTracer watcher =
        inflow.newServerStreamTracer("grpc.health.v1.Health/Watch", new Metadata());

    watcher.inboundWireSize(256 << 10);

    assertThat(inflow.heldBytes()).isZero();
    assertThatThrownBy(() -> watcher.inboundWireSize(1))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("RESOURCE_EXHAUSTED: the call has more than 262144 bytes");
    assertThat(timeout("grpc.health.v1.Health/Check", null, Duration.ofMinutes(1)))
        .isEqualTo("60000m");
  }

  private static String timeout(String method, String sent, Duration longest) {
    Metadata headers = new Metadata();
    if (sent != null) {
      headers.put(TIMEOUT, sent);
    }
    var unused = new Inflow(100, longest).newServerStreamTracer(method, headers);
    return headers.get(TIMEOUT);
  }
}
