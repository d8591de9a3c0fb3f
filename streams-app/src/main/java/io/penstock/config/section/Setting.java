package io.penstock.config.section;

import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key's value, or the fact that a problem was reported instead. Values are taken out only when no
 * problem was found in their section ({@link Section#build}).
 */
public final class Setting<T> {

  private final @Nullable T value;

  private Setting(@Nullable T value) {
    this.value = value;
  }

  static <T> Setting<T> of(T value) {
    return new Setting<>(value);
  }

  /** A value that a problem stands for. */
  static <T> Setting<T> invalid() {
    return new Setting<>(null);
  }

  public T get() {
    if (value == null) {
      throw new NoSuchElementException("the setting has a problem instead of a value");
    }
    return value;
  }

  public Optional<T> valid() {
    return Optional.ofNullable(value);
  }
}
