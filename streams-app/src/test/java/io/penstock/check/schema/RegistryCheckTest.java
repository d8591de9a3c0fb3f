package io.penstock.check.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RegistryCheckTest {

  @Test
  void shouldPassWhenTheRegistryAnswersWhetherItKnowsTheSubjectOrNot() {
    assertThat(verdict(null)).isEqualTo("OK       registry: answers");
    assertThat(
            verdict(
                new RegistryException(RegistryException.Kind.NOT_FOUND, "no such subject", null)))
        .isEqualTo("OK       registry: answers");
  }

  @Test
  void shouldSayWhatToLookAtWhenItDoesNot() {
    assertThat(
            verdict(
                new RegistryException(
                    RegistryException.Kind.UNAVAILABLE, "http://r:1: refused", null)))
        .isEqualTo(
            "FAILED   registry: http://r:1: refused (is it running, and its URL right below"
                + " registry?)");
    assertThat(
            verdict(
                new RegistryException(
                    RegistryException.Kind.REFUSED, "http://r:1: 401 Unauthorized", null)))
        .isEqualTo(
            "FAILED   registry: http://r:1: 401 Unauthorized (see the registry section of the"
                + " configuration)");
  }

  private static String verdict(@Nullable RegistryException failure) {
    return new RegistryCheck(new FakeRegistry(failure), "fraud-scores-value")
        .verdicts()
        .get(0)
        .toString();
  }

  /** A registry that answers one question, or fails. */
  private record FakeRegistry(@Nullable RegistryException failure) implements SchemaRegistry {

    @Override
    public RegisteredSchema latest(String subject) {
      if (failure != null) {
        throw failure;
      }
      return new RegisteredSchema(1, 1, Schema.create(Schema.Type.STRING));
    }

    @Override
    public Schema schemaById(int id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int idOf(String subject, Schema schema) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int register(String subject, Schema schema) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isCompatible(String subject, Schema schema) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
