package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.peer.RawTensorFlow;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.subject.PeerProcess;
import io.penstock.localstack.host.JavaProcess;
import java.util.List;
import java.util.Map;

/** TensorFlow alone, on one thread, which measures itself: there is no topic to watch. */
final class RawTensorFlowVariant {

  private static final int SECONDS = 4;
  private static final int QUICK_SECONDS = 2;
  private static final int LINES = 20;

  private RawTensorFlowVariant() {}

  static Variant of(String name, Bench bench, Workload workload, int batch) {
    String seconds = String.valueOf(bench.options().quick() ? QUICK_SECONDS : SECONDS);
    Map<String, String> settings = Map.of("batch", String.valueOf(batch), "seconds", seconds);
    return new Variant(
        name,
        settings,
        trial -> {
          Map<String, String> arguments = new java.util.HashMap<>(settings);
          arguments.put("model", workload.savedModel().toString());
          try (JavaProcess process =
              PeerProcess.launch(
                  trial.id(), bench.peerSite(trial), RawTensorFlow.class, arguments)) {
            if (process.exitCode() != 0) {
              throw new IllegalStateException(String.join("\n", process.lastLines(LINES)));
            }
            return List.of(reading(process.lastLines(LINES)));
          }
        });
  }

  static Reading reading(List<String> log) {
    String[] result =
        log.stream()
            .filter(line -> line.startsWith(RawTensorFlow.RESULT))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("No result in " + log))
            .substring(RawTensorFlow.RESULT.length())
            .split(" ", -1);
    double cpu = Double.parseDouble(result[1]);
    return new Reading(
        "",
        Map.of(
            Metric.RATE,
            Double.parseDouble(result[0]),
            Metric.CPU,
            cpu,
            Metric.CPU_WITHOUT_JIT,
            cpu));
  }
}
