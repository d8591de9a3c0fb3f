package io.penstock.model;

import java.util.Objects;

/**
 * A model's name and one of its versions: what TensorFlow Serving calls a servable id. Written
 * {@code digits/2}.
 */
public record ServableId(String model, long version) {

  public ServableId {
    Objects.requireNonNull(model, "model");
    if (version < 0) {
      throw new IllegalArgumentException("version: " + version + " (expected: 0 or more)");
    }
  }

  @Override
  public String toString() {
    return model + "/" + version;
  }
}
