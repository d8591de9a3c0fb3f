package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.measure.Proc;
import io.penstock.benchmarks.report.Measurement;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.report.Results;
import io.penstock.localstack.host.TemporaryFolder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Runs variants in turn, all of them in every repetition, each second one the other way round: what
 * changes on the machine meanwhile then changes for all. Not thread-safe.
 */
public final class Repetitions {

  private final Progress progress;
  private final Path trials;
  private final Path kept;

  /**
   * Repetitions that tell how far they are.
   *
   * @param trials for the folders of trials, which are removed one by one; exists
   * @param kept for files that stay with the results; exists
   */
  public Repetitions(Progress progress, Path trials, Path kept) {
    this.progress = progress;
    this.trials = trials;
    this.kept = kept;
  }

  /** Measures every variant so many times. One that fails is a failed measurement. */
  public Results run(String suite, List<Variant> variants, int repetitions) {
    List<Measurement> measurements = new ArrayList<>();
    for (int repetition = 1; repetition <= repetitions; repetition++) {
      List<Variant> order = new ArrayList<>(variants);
      if (repetition % 2 == 0) {
        Collections.reverse(order);
      }
      for (Variant variant : order) {
        progress.starts(suite + " " + variant.name());
        List<Measurement> measured = measure(suite, variant, repetition);
        measurements.addAll(measured);
        progress.measured(measured);
        progress.step();
      }
    }
    return new Results(inOrderOf(variants, measurements));
  }

  private List<Measurement> measure(String suite, Variant variant, int repetition) {
    Instant at = Instant.now();
    String load = Proc.load();
    double busyCores = Proc.busyCores();
    String id =
        "%s-%s-%d-%s"
            .formatted(
                suite,
                variant.name(),
                repetition,
                Long.toString(at.toEpochMilli() & 0xffffff, Character.MAX_RADIX))
            .toLowerCase(Locale.ROOT);
    try (TemporaryFolder folder = TemporaryFolder.create(trials, "trial-")) {
      List<Reading> readings =
          variant.measure().measure(new Variant.Trial(id, repetition, folder.path(), kept));
      return readings.stream()
          .map(
              reading ->
                  new Measurement(
                      variant.name(),
                      reading.point(),
                      repetition,
                      at,
                      load,
                      busyCores,
                      reading.metrics(),
                      Optional.empty()))
          .toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(failed(variant, repetition, at, load, busyCores, "interrupted"));
    } catch (Exception e) {
      return List.of(
          failed(variant, repetition, at, load, busyCores, String.valueOf(e.getMessage())));
    }
  }

  private static Measurement failed(
      Variant variant, int repetition, Instant at, String load, double busyCores, String why) {
    return new Measurement(
        variant.name(), "", repetition, at, load, busyCores, Map.of(), Optional.of(why));
  }

  private static List<Measurement> inOrderOf(List<Variant> variants, List<Measurement> all) {
    List<Measurement> ordered = new ArrayList<>();
    for (Variant variant : variants) {
      all.stream().filter(m -> m.variant().equals(variant.name())).forEach(ordered::add);
    }
    return ordered;
  }
}
