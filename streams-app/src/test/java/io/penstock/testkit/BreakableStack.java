package io.penstock.testkit;

import io.penstock.localstack.LocalRegistry;
import java.nio.file.Path;

/**
 * A local stack whose broker can be made to fail. Not thread-safe.
 *
 * @param broker in a process of its own
 */
public record BreakableStack(BrokerProcess broker, LocalRegistry registry) implements TestStack {

  /** A stack that keeps its data and logs in that folder, which exists. */
  public static BreakableStack start(Path folder) {
    LocalRegistry registry = LocalRegistry.start(folder.resolve("registry"));
    try {
      return new BreakableStack(new BrokerProcess(folder), registry);
    } catch (RuntimeException | Error e) {
      registry.close();
      throw e;
    }
  }

  @Override
  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  @Override
  public String registryUrl() {
    return registry.url();
  }

  @Override
  public void close() {
    broker.close();
    registry.close();
  }
}
