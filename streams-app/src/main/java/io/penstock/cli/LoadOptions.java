package io.penstock.cli;

import io.penstock.config.DataSize;
import io.penstock.config.FitnessConfig;
import io.penstock.config.ModelConfig;
import io.penstock.model.loading.LoadSlots;
import io.penstock.model.loading.LoadTerms;
import io.penstock.model.memory.MemoryLimit;
import io.penstock.model.memory.NativeMemory;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** On what terms versions are loaded: the keys of that name, on a command line. */
final class LoadOptions {

  private static final String MEMORY = "--native-memory";

  @Option(
      names = MEMORY,
      paramLabel = "SIZE",
      defaultValue = "unlimited",
      description = "What loaded versions of the model may take (default: ${DEFAULT-VALUE}).")
  private String nativeMemory = "";

  @Option(
      names = "--load-timeout",
      paramLabel = "DURATION",
      defaultValue = "10m",
      description = "How long loading and warming up may take (default: ${DEFAULT-VALUE}).")
  private String loadTimeout = "";

  /** The terms for one version, with nothing else loaded. */
  LoadTerms terms() {
    DataSize most = CompletenessOptions.read(MEMORY, nativeMemory, ModelConfig.NATIVE_MEMORY);
    Duration timeout =
        CompletenessOptions.read("--load-timeout", loadTimeout, FitnessConfig.LOAD_TIMEOUT);
    return new LoadTerms(
        new LoadSlots(1),
        new NativeMemory(Optional.empty()),
        most.isLimited() ? Optional.of(new MemoryLimit(MEMORY, most.bytes())) : Optional.empty(),
        timeout);
  }
}
