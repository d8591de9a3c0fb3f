package io.penstock.localstack.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

final class LoopbackPortsTest {

  @Test
  void shouldGivePortsThatCanBeBoundAndNoClientIsGiven() throws Exception {
    // when
    int port = LoopbackPorts.free();

    // then
    assertThat(port).isBetween(20_000, 32_000);
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(socket.isBound()).isTrue();
    }
  }
}
