package io.penstock.control.kafka;

import io.penstock.config.ControlTopics;
import io.penstock.control.PromotionTimes;
import io.penstock.control.ProtocolLevel;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How one instance takes part in the control plane.
 *
 * @param service prefix of the topics, the group, client ids and the transactional id
 * @param instanceId names the instance in the fleet; the same after a restart, or a new one
 * @param kafka keys for every Kafka client: addresses, security, time-outs
 * @param heartbeatInterval how often an instance reports when nothing changes
 * @param livenessTimeout after how long a silence an instance is not waited for any longer, and its
 *     ownership of the control topic ends ({@code session.timeout.ms}; brokers refuse less than
 *     their {@code group.min.session.timeout.ms}, 6 s by default)
 * @param promotionDeadline how long a promotion may take that does not say
 * @param maxStaleness how old what is known of the decisions may be
 * @param retention how long a version serves records from before the time from which another serves
 * @param protocolLevel the level of the control protocol that the instance says it speaks
 */
public record ControlPlaneSettings(
    String service,
    String instanceId,
    Map<String, Object> kafka,
    Duration heartbeatInterval,
    Duration livenessTimeout,
    Duration promotionDeadline,
    Duration maxStaleness,
    Duration retention,
    int protocolLevel) {

  /** Defaults, for a service on a cluster. */
  public static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(1);

  public static final Duration LIVENESS_TIMEOUT = Duration.ofSeconds(10);
  public static final Duration PROMOTION_DEADLINE = Duration.ofMinutes(5);
  public static final Duration MAX_STALENESS = Duration.ofSeconds(15);
  public static final Duration RETENTION = Duration.ofHours(1);

  /** Topic names are longer by ".decisions" and at most 249 characters. */
  private static final Pattern SERVICE = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

  /** The slash separates instance and model in a report's key. */
  private static final Pattern INSTANCE_ID = Pattern.compile("[^/\\s]{1,200}");

  private static final int MIN_HEARTBEATS = 2;

  public ControlPlaneSettings {
    kafka = Map.copyOf(kafka);
    require(SERVICE.matcher(service).matches(), "service", service, SERVICE.pattern());
    require(
        INSTANCE_ID.matcher(instanceId).matches(),
        "instance id",
        instanceId,
        INSTANCE_ID.pattern());
    require(
        heartbeatInterval.toMillis() > 0, "heartbeat interval", heartbeatInterval, "1 ms or more");
    require(
        livenessTimeout.compareTo(heartbeatInterval.multipliedBy(MIN_HEARTBEATS)) >= 0,
        "liveness timeout",
        livenessTimeout,
        "at least %d heartbeat intervals of %s".formatted(MIN_HEARTBEATS, heartbeatInterval));
    require(
        promotionDeadline.toMillis() > 0, "promotion deadline", promotionDeadline, "more than 0");
    require(maxStaleness.toMillis() >= 1000, "max staleness", maxStaleness, "1 s or more");
  }

  /** With the default times. */
  public ControlPlaneSettings(String service, String instanceId, Map<String, Object> kafka) {
    this(
        service,
        instanceId,
        kafka,
        HEARTBEAT_INTERVAL,
        LIVENESS_TIMEOUT,
        PROMOTION_DEADLINE,
        MAX_STALENESS,
        RETENTION,
        ProtocolLevel.CURRENT);
  }

  /** A new instance id: the host's name and something random. */
  public static String newInstanceId() {
    byte[] random = new byte[4];
    new SecureRandom().nextBytes(random);
    return hostName() + "-" + HexFormat.of().formatHex(random);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "instance";
    }
  }

  PromotionTimes times() {
    return new PromotionTimes(promotionDeadline, maxStaleness, retention);
  }

  ControlTopics topics() {
    return ControlTopics.of(service);
  }

  /** The group that owns the control topic, and the transactional id of whoever does. */
  String controllerGroup() {
    return service + "-controller";
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, value, expected));
    }
  }
}
