package io.penstock.codec;

import io.penstock.registry.SchemaRegistry;
import java.util.Map;

/**
 * What a pipeline's configuration says of its output's format.
 *
 * @param topic where the predictions go
 * @param outputs which outputs it holds
 * @param copies which fields of the input it holds, too
 * @param options what else is said, under {@code output.options}: for formats that are not
 *     Penstock's own
 * @param registry the schema registry; where none is configured, one that says so when it is asked
 * @param autoRegister whether schemas may be registered ({@code auto.register.schemas})
 */
public record OutputSettings(
    String topic,
    OutputChoice outputs,
    Copies copies,
    Map<String, String> options,
    SchemaRegistry registry,
    boolean autoRegister) {

  public OutputSettings {
    options = Map.copyOf(options);
  }

  /** Predictions that hold outputs only. */
  public OutputSettings(
      String topic,
      OutputChoice outputs,
      Map<String, String> options,
      SchemaRegistry registry,
      boolean autoRegister) {
    this(topic, outputs, Copies.NONE, options, registry, autoRegister);
  }
}
