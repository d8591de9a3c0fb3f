package io.penstock.registry;

import org.jspecify.annotations.Nullable;

/** The registry refused, could not be reached, or holds what Penstock cannot use. */
public final class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** What is wrong, which says who must act. */
  public enum Kind {
    /**
     * Nobody answered, or nobody who speaks for a registry, such as a proxy with a page of its own.
     * It may pass by itself, and no record is to blame.
     */
    UNAVAILABLE,
    /** The registry itself says that it does not have what was asked for. */
    NOT_FOUND,
    /**
     * The registry has what was asked for, but not as an Avro schema that parses. Asking again does
     * not help, and the registry is not down.
     */
    UNUSABLE,
    /** The registry does not do that: credentials, rights, compatibility, configuration. */
    REFUSED
  }

  public RegistryException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** What is wrong. */
  public Kind kind() {
    return kind;
  }

  /** Whether the registry says that it does not have what was asked for. */
  public boolean isNotFound() {
    return kind == Kind.NOT_FOUND;
  }

  /** Whether it may pass by itself. */
  public boolean isRetriable() {
    return kind == Kind.UNAVAILABLE;
  }
}
