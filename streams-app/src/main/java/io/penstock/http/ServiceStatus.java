package io.penstock.http;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an instance knows of itself and its fleet at one moment. Immutable.
 *
 * @param service the name that the fleet shares
 * @param instance this instance's own
 * @param since when it started, as ISO 8601 has it
 * @param configuration the one that holds
 * @param pipelines what {@code health} does not say of each pipeline
 * @param fleet the newest decision about each model, as far as this instance has seen
 */
public record ServiceStatus(
    String service,
    String instance,
    String since,
    Configuration configuration,
    HealthReport health,
    SortedMap<String, Pipeline> pipelines,
    SortedMap<String, Decision> fleet) {

  public ServiceStatus {
    pipelines = Collections.unmodifiableSortedMap(new TreeMap<>(pipelines));
    fleet = Collections.unmodifiableSortedMap(new TreeMap<>(fleet));
  }

  /**
   * Which configuration holds.
   *
   * @param fingerprint of its file: the first 12 digits of what {@code sha256sum} prints
   * @param since when it was last changed, as ISO 8601 has it
   * @param reload what the last reload came to; empty before the first
   */
  public record Configuration(String fingerprint, String since, String reload) {}

  /**
   * Where a pipeline reads and writes, and how far it is.
   *
   * @param lag records of the partitions below that were not fetched yet
   */
  public record Pipeline(
      String model,
      String input,
      String output,
      String deadLetters,
      long lag,
      List<Partition> partitions) {

    public Pipeline {
      partitions = List.copyOf(partitions);
    }
  }

  /**
   * A partition that is processed here.
   *
   * @param task Kafka Streams' name of its task
   * @param committed where it would go on after a crash; null before the first commit here
   * @param lag records that were not fetched yet; null before the first fetch
   */
  public record Partition(
      String topic,
      int partition,
      String task,
      String thread,
      @Nullable Long committed,
      @Nullable Long lag) {}

  /**
   * What the fleet has decided about a model.
   *
   * @param phase {@code PREPARE}, {@code ACTIVE} or {@code ABORTED}
   * @param active the version that serves
   * @param previous what a roll-back promotes
   * @param target the version in preparation, or the one given up
   * @param epoch the offset of the command that it comes from
   * @param reason why the target was given up
   * @param labels versions by what users call them
   * @param pins versions that are kept loaded
   */
  public record Decision(
      String phase,
      @Nullable Long active,
      @Nullable Long previous,
      @Nullable Long target,
      long epoch,
      String time,
      @Nullable String reason,
      SortedMap<String, Long> labels,
      List<Long> pins) {

    public Decision {
      labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
      pins = List.copyOf(pins);
    }
  }
}
