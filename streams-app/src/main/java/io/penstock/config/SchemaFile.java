package io.penstock.config;

import java.util.Objects;

/**
 * A file with a schema, as it was when the configuration was read: what is served is what was
 * checked then, and another content makes another configuration. Immutable.
 *
 * @param path where it lies, for messages
 * @param text what is in it
 */
public record SchemaFile(String path, String text) {

  public SchemaFile {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(text, "text");
  }

  /** Its path. */
  @Override
  public String toString() {
    return path;
  }
}
