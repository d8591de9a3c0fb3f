package io.penstock.localstack;

import io.penstock.localstack.host.LoopbackPorts;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka node, broker and controller (KRaft) in one, inside this process. Its folder is all
 * there is to it: a node that is started on the folder of an earlier one has its topics, its
 * offsets and its port. Thread-safe.
 *
 * <p>The way to run it (format with {@link Formatter}, start {@link KafkaRaftServer}) is what
 * Kafka's {@code kafka-storage.sh} and {@code kafka-server-start.sh} do.
 */
public final class LocalKafka implements AutoCloseable {

  private static final int NODE_ID = 1;
  private static final String PORTS_FILE = "ports.properties";

  private final String bootstrapServers;
  private final KafkaConfig config;
  // @GuardedBy("this")
  private @Nullable KafkaRaftServer server;

  private LocalKafka(String bootstrapServers, KafkaConfig config) {
    this.bootstrapServers = bootstrapServers;
    this.config = config;
  }

  /** A running node in that folder, which is made, or taken up where an earlier node left it. */
  public static LocalKafka start(Path folder) {
    return start(folder, Map.of());
  }

  /**
   * A running node with more broker properties, which win over the ones that it has by itself.
   *
   * @throws IllegalStateException if it does not start
   */
  public static LocalKafka start(Path folder, Map<String, String> brokerProperties) {
    return start(folder, brokerProperties, List.of());
  }

  /**
   * Chooses the ports of a node that another process starts in that folder, which may crash: they
   * stay this process's until it ends.
   */
  public static void reservePorts(Path folder) {
    try {
      Ports.of(Files.createDirectories(folder).resolve(PORTS_FILE));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot prepare a Kafka node in " + folder, e);
    }
  }

  /**
   * The same, with users.
   *
   * @param scramArguments the users, as {@code kafka-storage.sh --add-scram} takes them
   */
  static LocalKafka start(
      Path folder, Map<String, String> brokerProperties, List<String> scramArguments) {
    QuietBroker.apply();
    try {
      Ports ports = Ports.of(Files.createDirectories(folder).resolve(PORTS_FILE));
      Path data = folder.resolve("data");
      Properties properties = properties(ports, data);
      properties.putAll(brokerProperties);
      if (!Files.exists(data.resolve("meta.properties"))) {
        format(data, scramArguments);
      }
      LocalKafka kafka =
          new LocalKafka(
              LoopbackPorts.HOST + ":" + ports.broker(), new KafkaConfig(properties, false));
      kafka.start();
      return kafka;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot prepare a Kafka node in " + folder, e);
    }
  }

  /** The address for any Kafka client on this machine; the same after every restart. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Starts the node again after {@link #stop}; without effect while it runs. */
  public synchronized void start() {
    if (server != null) {
      return;
    }
    KafkaRaftServer starting = new KafkaRaftServer(config, Time.SYSTEM);
    try {
      starting.startup();
    } catch (RuntimeException e) {
      shutDown(starting);
      throw new IllegalStateException("Kafka does not start at " + bootstrapServers, e);
    }
    server = starting;
  }

  /** Shuts the node down in order; without effect when it is down. */
  public synchronized void stop() {
    if (server != null) {
      shutDown(server);
      server = null;
    }
  }

  /** Stops the node; its folder stays. */
  @Override
  public void close() {
    stop();
  }

  private static void shutDown(KafkaRaftServer server) {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void format(Path data, List<String> scramArguments) {
    PrintStream silence =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    try {
      new Formatter()
          .setPrintStream(silence)
          .setNodeId(NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .setDirectories(List.of(data.toString()))
          .setMetadataLogDirectory(data.toString())
          .setControllerListenerName("CONTROLLER")
          .setScramArguments(scramArguments)
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("Cannot format Kafka's folder " + data, e);
    }
  }

  private static Properties properties(Ports ports, Path data) {
    String broker = "PLAINTEXT://%s:%d".formatted(LoopbackPorts.HOST, ports.broker());
    String controller = "%s:%d".formatted(LoopbackPorts.HOST, ports.controller());
    Properties properties = new Properties();
    properties.putAll(
        Map.of(
            "process.roles",
            "broker,controller",
            "node.id",
            String.valueOf(NODE_ID),
            "listeners",
            broker + ",CONTROLLER://" + controller,
            "advertised.listeners",
            broker,
            "listener.security.protocol.map",
            "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names",
            "CONTROLLER",
            "controller.quorum.voters",
            NODE_ID + "@" + controller,
            "log.dirs",
            data.toString()));
    // One node cannot replicate, and one partition of each internal topic is soonest ready.
    for (String topic : List.of("offsets.topic", "transaction.state.log")) {
      properties.put(topic + ".replication.factor", "1");
      properties.put(topic + ".num.partitions", "1");
    }
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("share.coordinator.state.topic.replication.factor", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
    properties.put("share.coordinator.state.topic.num.partitions", "1");
    // A missing topic shall be an error, as it is in production.
    properties.put("auto.create.topics.enable", "false");
    // Groups of one need not wait for more members, nor tests for the end of long timeouts.
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("group.min.session.timeout.ms", "1000");
    properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "300");
    // Records of tests carry whatever timestamps; age must not delete them.
    properties.put("log.retention.ms", "-1");
    // What somebody deletes is gone from the disk soon.
    properties.put("log.retention.check.interval.ms", "10000");
    // Small where the defaults size a server: a buffer of 128 MiB, indexes of 10 MiB, many threads.
    properties.put("log.cleaner.dedupe.buffer.size", "2097152");
    properties.put("log.index.size.max.bytes", "1048576");
    properties.put("num.network.threads", "2");
    properties.put("num.io.threads", "4");
    return properties;
  }

  /** The node's ports, kept in its folder so that a restart has the same. */
  private record Ports(int broker, int controller) {

    static Ports of(Path file) throws IOException {
      Properties kept = new Properties();
      if (Files.exists(file)) {
        try (Reader reader = Files.newBufferedReader(file)) {
          kept.load(reader);
        }
      } else {
        kept.setProperty("broker", String.valueOf(LoopbackPorts.free()));
        kept.setProperty("controller", String.valueOf(LoopbackPorts.free()));
        try (Writer writer = Files.newBufferedWriter(file)) {
          kept.store(writer, null);
        }
      }
      return new Ports(
          Integer.parseInt(kept.getProperty("broker")),
          Integer.parseInt(kept.getProperty("controller")));
    }
  }
}
