package io.penstock.cli;

import io.penstock.config.PenstockConfig;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the service. */
@Command(
    name = "serve",
    description = "Serve the configured pipelines until told to stop (SIGTERM, Ctrl-C).")
final class ServeCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  private final ToIntFunction<PenstockConfig> service;

  ServeCommand(ConfigOption config, ToIntFunction<PenstockConfig> service) {
    this.config = config;
    this.service = service;
  }

  @Override
  public Integer call() {
    return service.applyAsInt(config.load().config());
  }
}
