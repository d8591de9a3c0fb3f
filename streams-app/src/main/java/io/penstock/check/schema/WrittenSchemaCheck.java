package io.penstock.check.schema;

import io.penstock.check.Check;
import io.penstock.check.Verdict;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.WriterSchemas;
import java.util.List;

/** Checks that a schema that Penstock writes is registered, or may and can be. */
final class WrittenSchemaCheck implements Check {

  private final SchemaRegistry registry;
  private final WrittenSchema written;
  private final boolean autoRegister;
  private final String file;

  /**
   * A check.
   *
   * @param file the configuration's file, for the command that registers schemas
   */
  WrittenSchemaCheck(
      SchemaRegistry registry, WrittenSchema written, boolean autoRegister, String file) {
    this.registry = registry;
    this.written = written;
    this.autoRegister = autoRegister;
    this.file = file;
  }

  @Override
  public List<Verdict> verdicts() {
    String subject = "schema " + written.subject();
    String name = written.schema().getFullName();
    try {
      WriterSchemas.requireCompatible(registry, written.subject(), written.schema());
      int id = registry.idOf(written.subject(), written.schema());
      return List.of(Verdict.ok(subject, name + " is registered, id " + id));
    } catch (RegistryException e) {
      return List.of(
          e.isNotFound()
              ? unregistered(subject, name)
              : Verdict.failed(subject, String.valueOf(e.getMessage())));
    }
  }

  private Verdict unregistered(String subject, String name) {
    try {
      if (!registry.isCompatible(written.subject(), written.schema())) {
        return Verdict.failed(
            subject,
            name
                + " is not compatible with the subject's latest schema; write to another topic, or"
                + " relax the subject's compatibility");
      }
    } catch (RegistryException e) {
      return Verdict.failed(subject, String.valueOf(e.getMessage()));
    }
    return autoRegister
        ? Verdict.ok(subject, name + " will be registered (auto.register.schemas: true)")
        : Verdict.failed(
            subject,
            "%s is not registered (to register it: penstock schema register --config %s)"
                .formatted(name, file));
  }
}
