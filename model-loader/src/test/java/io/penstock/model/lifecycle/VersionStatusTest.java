package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.ServableId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class VersionStatusTest {

  private static final ServableId ID = new ServableId("digits", 2);
  private static final Instant NOW = Instant.EPOCH;

  private static final Map<VersionState, UnaryOperator<VersionStatus>> STEPS =
      Map.of(
          VersionState.START, status -> status.retrying(NOW, "no memory"),
          VersionState.LOADING, status -> status.loading(NOW),
          VersionState.AVAILABLE, status -> status.available(NOW),
          VersionState.UNLOADING, status -> status.unloading(NOW),
          VersionState.END, status -> status.ended(NOW));

  @ParameterizedTest
  @EnumSource(VersionState.class)
  void shouldAllowTheTransitionsOfTheDiagramAndNoOthers(VersionState state) {
    Set<VersionState> legal =
        switch (state) {
          case START -> Set.of(VersionState.LOADING, VersionState.END);
          case LOADING -> Set.of(VersionState.START, VersionState.AVAILABLE, VersionState.END);
          case AVAILABLE -> Set.of(VersionState.UNLOADING);
          case UNLOADING -> Set.of(VersionState.END);
          case END -> Set.of();
        };
    VersionStatus status = new VersionStatus(ID, state, NOW, Optional.empty());

    STEPS.forEach(
        (next, step) -> {
          if (legal.contains(next)) {
            assertThat(step.apply(status).state()).isEqualTo(next);
          } else {
            assertThatThrownBy(() -> step.apply(status))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("digits/2: " + next + " after " + state);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(
      value = VersionState.class,
      names = {"START", "LOADING", "UNLOADING"})
  void shouldKeepTheReasonOfAFailure(VersionState state) {
    VersionStatus failed =
        new VersionStatus(ID, state, NOW, Optional.empty()).failed(NOW, "no graph");

    assertThat(failed)
        .isEqualTo(new VersionStatus(ID, VersionState.END, NOW, Optional.of("no graph")));
  }
}
