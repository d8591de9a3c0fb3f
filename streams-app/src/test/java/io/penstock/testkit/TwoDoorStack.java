package io.penstock.testkit;

import io.penstock.localstack.LocalStack;
import io.penstock.localstack.host.LoopbackPorts;
import java.util.Map;

/**
 * A local stack whose broker has a second door, through a proxy that can be cut.
 *
 * @param port of the door that stays open
 * @param proxyPort of the other one
 */
public record TwoDoorStack(LocalStack stack, TcpProxy proxy, int port, int proxyPort)
    implements TestStack {

  /** A running one. */
  public static TwoDoorStack open() {
    int port = LoopbackPorts.free();
    int second = LoopbackPorts.free();
    int controller = LoopbackPorts.free();
    int proxyPort = LoopbackPorts.free();
    LocalStack stack =
        LocalStack.start(
            Map.of(
                "listeners",
                "PLAINTEXT://%s,SECOND://%s,CONTROLLER://%s"
                    .formatted(address(port), address(second), address(controller)),
                "advertised.listeners",
                "PLAINTEXT://%s,SECOND://%s".formatted(address(port), address(proxyPort)),
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,SECOND:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.quorum.voters",
                "1@" + address(controller)));
    return new TwoDoorStack(stack, new TcpProxy(proxyPort, second), port, proxyPort);
  }

  private static String address(int port) {
    return LoopbackPorts.HOST + ":" + port;
  }

  @Override
  public String bootstrapServers() {
    return address(port);
  }

  /** The same broker, through the proxy. */
  public String bootstrapServersByProxy() {
    return address(proxyPort);
  }

  @Override
  public String registryUrl() {
    return stack.registry().url();
  }

  @Override
  public void close() {
    proxy.close();
    stack.close();
  }
}
