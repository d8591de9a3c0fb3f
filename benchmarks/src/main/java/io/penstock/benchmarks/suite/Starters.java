package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.ModelDirectory;
import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.peer.PassThrough;
import io.penstock.benchmarks.peer.RecordAtATime;
import io.penstock.benchmarks.peer.rpc.ModelServer;
import io.penstock.benchmarks.peer.rpc.RpcPeer;
import io.penstock.benchmarks.subject.PeerProcess;
import io.penstock.benchmarks.subject.ServiceConfig;
import io.penstock.benchmarks.subject.ServiceProcess;
import io.penstock.benchmarks.subject.Subject;
import io.penstock.localstack.host.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How Penstock and its peers are started between two topics, alike in every suite. */
record Starters(Bench bench, Workload workload, int partitions) {

  static final String ALOS = "at_least_once";
  static final String EOS = "exactly_once_v2";

  /** The value of a prediction of ten floats with a little around it. */
  private static final String OUTCOME_BYTES = "120";

  /** Starts what reads one topic and writes the other, which both exist. */
  @FunctionalInterface
  interface Starter {
    Subject start(Variant.Trial trial, String input, String output);
  }

  /** Penstock with a pipeline that has these keys over the defaults. */
  Starter penstock(String guarantee, Map<String, Object> pipeline) {
    return penstock(guarantee, pipeline, List.of());
  }

  /**
   * The same.
   *
   * @param jvmOptions more options of its Java
   */
  Starter penstock(String guarantee, Map<String, Object> pipeline, List<String> jvmOptions) {
    return (trial, input, output) -> {
      ServiceConfig config =
          config(trial, new Topics(input, output), bench.model(workload, 1), guarantee, pipeline);
      ServiceProcess.createTopics(bench.serviceSite(trial), config, partitions);
      return ServiceProcess.serve(
          trial.id(), bench.serviceSite(trial.folder(), jvmOptions), config);
    };
  }

  /** What a pipeline reads and writes. */
  record Topics(String input, String output) {}

  /** A configuration of one model and one pipeline, both called like the workload. */
  ServiceConfig config(
      Variant.Trial trial,
      Topics topics,
      ModelDirectory directory,
      String guarantee,
      Map<String, Object> pipeline) {
    Map<String, Object> keys = new HashMap<>(pipeline);
    keys.put("guarantee", guarantee);
    return bench
        .serviceConfig(trial)
        .model(workload.name(), directory.path(), Bench.FAST_SCANS)
        .pipeline(
            workload.name(),
            workload.name(),
            topics.input(),
            workload.fields(),
            topics.output(),
            keys);
  }

  /** A topology that computes nothing, with these client settings over Penstock's. */
  Starter passThrough(Map<String, String> kafka) {
    return (trial, input, output) -> {
      Map<String, String> arguments = topology(trial, input, output);
      arguments.putAll(kafka);
      arguments.put("outcome-bytes", OUTCOME_BYTES);
      return PeerProcess.start(trial.id(), bench.peerSite(trial), PassThrough.class, arguments);
    };
  }

  /** A topology that writes the records that it reads. */
  Starter copy() {
    return (trial, input, output) -> {
      Map<String, String> arguments = topology(trial, input, output);
      arguments.put("outcome-bytes", "0");
      return PeerProcess.start(trial.id(), bench.peerSite(trial), PassThrough.class, arguments);
    };
  }

  /** A topology that runs the model on each record. */
  Starter recordAtATime() {
    return (trial, input, output) -> {
      Map<String, String> arguments = generic(trial, input, output);
      arguments.put("model", workload.savedModel().toString());
      return PeerProcess.start(trial.id(), bench.peerSite(trial), RecordAtATime.class, arguments);
    };
  }

  /** A topology that asks a model server, with so many records at once. */
  Starter rpc(int batch) {
    return (trial, input, output) -> {
      String port = String.valueOf(LoopbackPorts.free());
      Map<String, String> arguments = generic(trial, input, output);
      arguments.put("port", port);
      arguments.put("batch", String.valueOf(batch));
      return PeerProcess.start(
          trial.id(),
          bench.peerSite(trial),
          RpcPeer.class,
          arguments,
          ModelServer.class,
          Map.of(
              "port",
              port,
              "batch",
              String.valueOf(batch),
              "model",
              workload.savedModel().toString()));
    };
  }

  private Map<String, String> topology(Variant.Trial trial, String input, String output) {
    Map<String, String> arguments = new HashMap<>();
    arguments.put("bootstrap", bench.stack().bootstrapServers());
    arguments.put("application", trial.id());
    arguments.put("input", input);
    arguments.put("output", output);
    arguments.put("guarantee", "alos");
    return arguments;
  }

  private Map<String, String> generic(Variant.Trial trial, String input, String output) {
    Path schema = trial.folder().resolve("schema.avsc");
    try {
      Files.writeString(schema, workload.schema().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> arguments = topology(trial, input, output);
    arguments.put("schema", schema.toString());
    arguments.put("field", workload.fields().values().iterator().next());
    return arguments;
  }
}
