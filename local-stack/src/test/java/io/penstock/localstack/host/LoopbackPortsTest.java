package io.penstock.localstack.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoopbackPortsTest {

  @TempDir private Path folder;

  /** Says whether another process can have a port. */
  static final class Other {

    private Other() {}

    public static void main(String[] args) {
      System.out.println(LoopbackPorts.reserve(Integer.parseInt(args[0])) ? "given" : "refused");
    }
  }

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

  @Test
  void shouldGiveAPortThatNothingListensAtToOneProcessOnly() {
    // given
    int port = LoopbackPorts.free();
    int never = 19_999;

    // when, then
    assertThat(otherSays(port)).containsExactly("refused");
    assertThat(otherSays(never)).containsExactly("given");
  }

  private List<String> otherSays(int port) {
    try (JavaProcess other =
        JavaProcess.start(
            new JavaProcess.Launch(
                Other.class.getName(),
                List.of(System.getProperty("java.class.path")),
                List.of("-Xmx64m"),
                List.of(String.valueOf(port)),
                Map.of(),
                folder.resolve(String.valueOf(port))))) {
      assertThat(other.exitCode()).isZero();
      return other.lastLines(10);
    }
  }
}
