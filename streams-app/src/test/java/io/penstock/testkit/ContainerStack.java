package io.penstock.testkit;

import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.DockerImageName;

/**
 * Kafka and a schema registry in containers, as {@code docker-compose.yml} has them.
 *
 * <p>Not yet executed: where this was written there is no Docker engine.
 */
final class ContainerStack implements TestStack {

  private static final int REGISTRY_PORT = 8080;
  private static final String REGISTRY_PATH = "/apis/ccompat/v7";

  private final KafkaContainer kafka =
      new KafkaContainer(DockerImageName.parse("apache/kafka:4.3.1"))
          .withEnv(
              Map.of(
                  // A missing topic is an error, as it is in production.
                  "KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false",
                  // Records of tests carry whatever timestamps; age must not delete them.
                  "KAFKA_LOG_RETENTION_MS", "-1"));

  private final GenericContainer<?> registry =
      new GenericContainer<>(DockerImageName.parse("quay.io/apicurio/apicurio-registry:3.0.9"))
          .withExposedPorts(REGISTRY_PORT)
          .waitingFor(Wait.forHttp(REGISTRY_PATH + "/subjects").forPort(REGISTRY_PORT));

  ContainerStack() {
    Startables.deepStart(kafka, registry).join();
  }

  static boolean isPossible() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  @Override
  public String bootstrapServers() {
    return kafka.getBootstrapServers();
  }

  @Override
  public String registryUrl() {
    return "http://%s:%d%s"
        .formatted(registry.getHost(), registry.getMappedPort(REGISTRY_PORT), REGISTRY_PATH);
  }

  @Override
  public void close() {
    registry.close();
    kafka.close();
  }
}
