package io.penstock.check;

import java.util.List;
import java.util.stream.Stream;

/**
 * What the checks say right before a start. It is more forgiving than they are: what may still come
 * (a model's version, a schema) is told and waited for, unless nothing at all could be served.
 *
 * @param models of the model directories
 * @param pipelines for each pipeline, of the versions that are there
 * @param schemas of the registry and the schemas in it
 * @param cluster of broker and topics
 */
public record Preflight(
    List<Verdict> models,
    List<List<Verdict>> pipelines,
    List<Verdict> schemas,
    List<Verdict> cluster) {

  public Preflight {
    models = List.copyOf(models);
    pipelines = List.copyOf(pipelines);
    schemas = List.copyOf(schemas);
    cluster = List.copyOf(cluster);
  }

  /**
   * Whether a model has a version or may get one, a pipeline can be served if there is any, and
   * registry and topics are there. If not, the remarks say why.
   */
  public boolean allowsStart() {
    return models.stream().anyMatch(verdict -> verdict.level() != Verdict.Level.FAILED)
        && (pipelines.isEmpty() || pipelines.stream().anyMatch(Verdict::allPass))
        && schemas.stream().anyMatch(Preflight::isWell)
        && Verdict.allPass(cluster);
  }

  /** What an operator should read: all that is not well, but of schemas only what fails. */
  public List<Verdict> remarks() {
    Stream<Verdict> failedSchemas =
        schemas.stream().filter(verdict -> verdict.level() == Verdict.Level.FAILED);
    return Stream.of(
            models.stream(),
            pipelines.stream().flatMap(List::stream),
            failedSchemas,
            cluster.stream())
        .flatMap(verdicts -> verdicts)
        .filter(verdict -> !isWell(verdict))
        .toList();
  }

  private static boolean isWell(Verdict verdict) {
    return verdict.level() == Verdict.Level.OK;
  }
}
