package io.penstock.codec;

import io.penstock.registry.SchemaRegistry;
import java.util.Map;

/**
 * What a pipeline's configuration says of its input's format.
 *
 * @param topic where the records come from
 * @param mapping which fields feed which input
 * @param options what else is said, under {@code input.options}: for formats that are not
 *     Penstock's own
 * @param registry the schema registry; where none is configured, one that says so when it is asked
 */
public record InputSettings(
    String topic, FieldMapping mapping, Map<String, String> options, SchemaRegistry registry) {

  public InputSettings {
    options = Map.copyOf(options);
  }
}
