package io.penstock.check.schema;

import io.penstock.check.Check;
import io.penstock.check.Verdict;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import java.util.List;

/** Checks that the schema registry answers. Says nothing about schemas. */
public final class RegistryCheck implements Check {

  private final SchemaRegistry registry;
  private final String subject;

  /**
   * A check.
   *
   * @param subject any subject: whether it exists does not matter
   */
  public RegistryCheck(SchemaRegistry registry, String subject) {
    this.registry = registry;
    this.subject = subject;
  }

  @Override
  public List<Verdict> verdicts() {
    try {
      registry.latest(subject);
    } catch (RegistryException e) {
      if (!e.isNotFound()) {
        String hint =
            e.isRetriable()
                ? " (is it running, and its URL right below registry?)"
                : " (see the registry section of the configuration)";
        return List.of(Verdict.failed("registry", e.getMessage() + hint));
      }
    }
    return List.of(Verdict.ok("registry", "answers"));
  }
}
