package io.penstock.control.kafka;

import io.penstock.control.FakeInstance;
import io.penstock.control.ProtocolLevel;
import io.penstock.control.message.ControlMessages;
import java.time.Duration;
import java.util.Map;

/**
 * A control plane in a process of its own, to be killed. Arguments: bootstrap servers, service,
 * instance id, the version it aspires, the version that it never finishes preparing.
 */
public final class ControlPlaneProcess {

  private ControlPlaneProcess() {}

  public static void main(String[] arguments) throws Exception {
    FakeInstance instance =
        new FakeInstance(false, Long.parseLong(arguments[3])).hanging(Long.parseLong(arguments[4]));
    try (ControlPlane plane =
        ControlPlane.start(
            settings(arguments[0], arguments[1], arguments[2]),
            instance,
            ControlMessages.jsonOnly(),
            Throwable::printStackTrace)) {
      plane.awaitCaughtUp(Duration.ofSeconds(30));
      Thread.currentThread().join();
    }
  }

  /** Short times, so that a death is soon noticed. */
  static ControlPlaneSettings settings(String bootstrapServers, String service, String instanceId) {
    return new ControlPlaneSettings(
        service,
        instanceId,
        Map.of("bootstrap.servers", bootstrapServers),
        Duration.ofMillis(200),
        Duration.ofSeconds(2),
        Duration.ofSeconds(60),
        Duration.ofSeconds(15),
        Duration.ofMinutes(1),
        ProtocolLevel.CURRENT);
  }
}
