package io.penstock.http.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.DeclaredSignature;
import io.penstock.model.ServableId;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.lifecycle.VersionStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class AskedModelTest {

  @Test
  void shouldKnowVersionsOfEveryNumberThereIs() {
    AskedModel asked = AskedModel.of(name -> Optional.of(new OneVersion(Long.MAX_VALUE)), "model");

    assertThat(asked.version("9223372036854775807").signatures().version())
        .isEqualTo(Long.MAX_VALUE);
    assertThat(asked.version("9223372036854775807").statuses()).hasSize(1);
    for (String other : List.of("9223372036854775806", "9223372036854775808", "-1", "")) {
      assertThatThrownBy(() -> asked.version(other))
          .hasMessage("Could not find version " + other + " of model model");
    }
  }

  private record OneVersion(long number) implements ModelView {

    @Override
    public SortedMap<Long, VersionStatus> versions() {
      return new TreeMap<>(
          Map.of(
              number,
              new VersionStatus(
                  new ServableId("model", number),
                  VersionState.AVAILABLE,
                  Instant.EPOCH,
                  Optional.empty())));
    }

    @Override
    public Optional<Long> active() {
      return Optional.of(number);
    }

    @Override
    public Map<String, Long> labels() {
      return Map.of();
    }

    @Override
    public Optional<List<DeclaredSignature>> signatures(long version) {
      return Optional.of(List.of());
    }
  }
}
