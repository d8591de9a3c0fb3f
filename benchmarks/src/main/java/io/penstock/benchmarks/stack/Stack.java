package io.penstock.benchmarks.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.benchmarks.data.Workload;
import io.penstock.localstack.LocalStackMain;
import io.penstock.localstack.host.JavaProcess;
import io.penstock.registry.RegistrySettings;
import io.penstock.registry.RestSchemaRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A broker and a registry for one run of the benchmarks, in processes of their own, so that what
 * they take is told from what the measured take. Not thread-safe.
 */
public final class Stack implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(100);
  private static final int LAST_LINES = 20;

  private final JavaProcess process;
  private final Topics topics;
  private final String bootstrapServers;
  private final String registryUrl;

  private Stack(JavaProcess process, JsonNode addresses) {
    this.process = process;
    this.bootstrapServers = addresses.path("bootstrapServers").asText();
    this.registryUrl = addresses.path("registryUrl").asText();
    this.topics = new Topics(bootstrapServers);
  }

  /**
   * A running stack.
   *
   * @param folder for its log and its data
   */
  public static Stack start(List<String> classPath, Path folder) {
    JavaProcess process =
        JavaProcess.start(
            new JavaProcess.Launch(
                LocalStackMain.class.getName(),
                classPath,
                List.of("-Xms1g", "-Xmx1g", "-Djava.io.tmpdir=" + folder),
                List.of(),
                Map.of(),
                folder.resolve("stack.log")));
    try {
      return new Stack(process, addresses(process));
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  private static JsonNode addresses(JavaProcess process) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      Optional<String> line =
          process.lastLines(LAST_LINES).stream().filter(l -> l.startsWith("{\"boot")).findFirst();
      if (line.isPresent() && line.get().endsWith("}")) {
        try {
          return new ObjectMapper().readTree(line.get());
        } catch (JsonProcessingException e) {
          throw new IllegalStateException("The stack's addresses are not JSON: " + line.get(), e);
        }
      }
      LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
    }
    throw new IllegalStateException(
        "The broker and the registry did not start within %d s. The end of their log:%n%s"
            .formatted(
                START_LIMIT.toSeconds(),
                String.join(System.lineSeparator(), process.lastLines(LAST_LINES))));
  }

  public Topics topics() {
    return topics;
  }

  public String bootstrapServers() {
    return bootstrapServers;
  }

  public String registryUrl() {
    return registryUrl;
  }

  /** The process of the broker. */
  public long pid() {
    return process.pid();
  }

  /** The workload's records as they go into a topic, their schema registered for it. */
  public List<byte[]> framed(Workload workload, String topic) {
    RegistrySettings settings = RegistrySettings.of(Map.of("schema.registry.url", registryUrl));
    try (RestSchemaRegistry registry = new RestSchemaRegistry(settings)) {
      return workload.framed(registry.register(topic + "-value", workload.schema()));
    }
  }

  /** Stops both; what they kept goes with the folder. */
  @Override
  public void close() {
    topics.close();
    process.close();
  }
}
