package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class VersionPolicyTest {

  @Test
  void shouldSelectTheLatestVersionsByNumber() {
    assertThat(new VersionPolicy.Latest(2).select(Set.of(9L, 10L, 1L))).containsExactly(9L, 10L);
    assertThat(new VersionPolicy.Latest(2).select(Set.of(1L))).containsExactly(1L);
    assertThat(new VersionPolicy.Latest(2).select(Set.of())).isEmpty();
  }

  @Test
  void shouldSelectAllVersions() {
    assertThat(new VersionPolicy.All().select(Set.of(3L, 1L))).containsExactly(1L, 3L);
  }

  @Test
  void shouldSelectSpecificVersionsThatAreThere() {
    assertThat(new VersionPolicy.Specific(new TreeSet<>(Set.of(1L, 4L))).select(Set.of(3L, 4L)))
        .containsExactly(4L);
  }

  @Test
  void shouldLetOnlySpecificVersionsServeUnasked() {
    assertThat(new VersionPolicy.Specific(new TreeSet<>(Set.of(4L))).allows(4)).isTrue();
    assertThat(new VersionPolicy.Specific(new TreeSet<>(Set.of(4L))).allows(5)).isFalse();
    assertThat(new VersionPolicy.Latest(1).allows(1)).isTrue();
    assertThat(new VersionPolicy.All().allows(1)).isTrue();
  }

  @Test
  void shouldRefuseToSelectNothing() {
    assertThatThrownBy(() -> new VersionPolicy.Latest(0))
        .hasMessage("count: 0 (expected: 1 or more)");
    assertThatThrownBy(() -> new VersionPolicy.Specific(new TreeSet<>()))
        .hasMessage("versions: none (expected: 1 or more)");
  }
}
