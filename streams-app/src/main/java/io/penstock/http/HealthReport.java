package io.penstock.http;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a service is at one moment: its pipelines, its models and its part in the control plane.
 * Immutable.
 *
 * <p>A service is <i>live</i> while one of its pipelines is, so that one that has halted does not
 * get the others restarted, and <i>ready</i> when every part does its work.
 */
public record HealthReport(
    SortedMap<String, Pipeline> pipelines,
    SortedMap<String, Model> models,
    ControlPlane controlPlane) {

  public HealthReport {
    pipelines = Collections.unmodifiableSortedMap(new TreeMap<>(pipelines));
    models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
  }

  /** Whether a pipeline is left that a restart of the process would only disturb. */
  public boolean live() {
    return pipelines.isEmpty() || pipelines.values().stream().anyMatch(Pipeline::live);
  }

  /** Whether every pipeline, every model and the control plane is ready. */
  public boolean ready() {
    return controlPlane.ready()
        && pipelines.values().stream().allMatch(Pipeline::ready)
        && models.values().stream().allMatch(Model::ready);
  }

  /**
   * A pipeline.
   *
   * @param live false once only a restart of the process can help
   * @param ready whether it takes records
   * @param state {@code WAITING} for a first version, {@code STARTING}, {@code RUNNING}, {@code
   *     PAUSED}, {@code WITHDRAWN} while the active version is not ready here, {@code MODEL_FAILED}
   *     until another version is active, {@code HALTED}, {@code STOPPED}
   * @param detail what an operator should know, or an empty text
   * @param inFlightRecords records between input and outcome now
   * @param averageBatchRows rows that the model was given at a time since the start; 0 before the
   *     first
   * @param sealed by reason: how many batches were sealed since the start; those that wait at the
   *     same time may have run as one
   * @param batches what its batches aim at now
   */
  public record Pipeline(
      boolean live,
      boolean ready,
      String state,
      String detail,
      long inFlightRecords,
      double averageBatchRows,
      Map<String, Long> sealed,
      Batches batches) {
    public Pipeline {
      sealed = Collections.unmodifiableMap(new LinkedHashMap<>(sealed));
    }
  }

  /**
   * What batches aim at.
   *
   * @param rows rows at which one is sealed; 0 where that is not known yet
   * @param lingerMillis how long a row waits for others at most
   * @param reason who has chosen that, and why
   */
  public record Batches(int rows, double lingerMillis, String reason) {}

  /**
   * A model.
   *
   * @param ready whether its active version is available
   * @param active the active version, or a text that says why there is none
   * @param versions state by version, in TensorFlow Serving's words: {@code LOADING}, {@code
   *     AVAILABLE}
   * @param since since when each version is in its state, as ISO 8601 has it: {@code
   *     2026-11-23T07:31:48Z}
   * @param warmUps how the warm-up of each available version went, and how long its first and last
   *     runs took
   * @param pending what each version waits for that there is and that is not taken up yet
   * @param detail what an operator should know, or an empty text
   */
  public record Model(
      boolean ready,
      String active,
      SortedMap<Long, String> versions,
      SortedMap<Long, String> since,
      SortedMap<Long, String> warmUps,
      SortedMap<Long, String> pending,
      String detail) {
    public Model {
      versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
      since = Collections.unmodifiableSortedMap(new TreeMap<>(since));
      warmUps = Collections.unmodifiableSortedMap(new TreeMap<>(warmUps));
      pending = Collections.unmodifiableSortedMap(new TreeMap<>(pending));
    }
  }

  /**
   * The instance's part in the control plane.
   *
   * @param ready whether it follows the fleet's decisions
   * @param state {@code STARTING}, {@code FOLLOWING}, {@code STALE} while the decisions have not
   *     been confirmed within {@code control.max-staleness}, {@code FAILED} while access is denied
   *     and once only an operator and a restart can help, {@code STOPPED} in an orderly stop
   * @param detail why it has failed or is stale, or an empty text
   */
  public record ControlPlane(boolean ready, String state, String detail) {}
}
