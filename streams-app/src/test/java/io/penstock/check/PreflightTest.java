package io.penstock.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PreflightTest {

  private static final Verdict OK = Verdict.ok("x", "well");
  private static final Verdict WARNING = Verdict.warning("x", "less");
  private static final Verdict FAILED = Verdict.failed("x", "nothing");

  @Test
  void shouldStartWhereAllIsWell() {
    Preflight preflight = preflight(List.of(OK), List.of(List.of(OK)), List.of(OK), List.of(OK));

    assertThat(preflight.allowsStart()).isTrue();
    assertThat(preflight.remarks()).isEmpty();
  }

  @Test
  void shouldStartWithOneModelAndOnePipelineAndTellOfTheOthers() {
    Preflight preflight =
        preflight(
            List.of(FAILED, OK),
            List.of(List.of(OK, FAILED), List.of(WARNING, OK)),
            List.of(OK, WARNING, FAILED),
            List.of(OK, WARNING));

    assertThat(preflight.allowsStart()).isTrue();
    assertThat(preflight.remarks()).containsExactly(FAILED, FAILED, WARNING, FAILED, WARNING);
  }

  @Test
  void shouldNotStartWhereNothingCouldBeServed() {
    List<Verdict> well = List.of(OK);
    List<Verdict> failed = List.of(FAILED);
    List<List<Verdict>> pipelines = List.of(well);

    assertThat(preflight(failed, pipelines, well, well).allowsStart()).isFalse();
    assertThat(preflight(well, List.of(failed, List.of(OK, FAILED)), well, well).allowsStart())
        .isFalse();
    assertThat(preflight(well, pipelines, failed, well).allowsStart()).isFalse();
    assertThat(preflight(well, pipelines, well, List.of(OK, FAILED)).allowsStart()).isFalse();
  }

  @Test
  void shouldStartWithoutPipelines() {
    List<Verdict> well = List.of(OK);

    assertThat(preflight(well, List.of(), well, well).allowsStart()).isTrue();
  }

  @Test
  void shouldStartWhereAVersionMayStillCome() {
    List<Verdict> well = List.of(OK);

    assertThat(preflight(List.of(WARNING), List.of(List.of(WARNING)), well, well).allowsStart())
        .isTrue();
  }

  private static Preflight preflight(
      List<Verdict> models,
      List<List<Verdict>> pipelines,
      List<Verdict> schemas,
      List<Verdict> cluster) {
    return new Preflight(models, pipelines, schemas, cluster);
  }
}
