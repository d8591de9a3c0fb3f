package io.penstock.codec;

/**
 * A format of predictions, by the name that {@code output.format} has it by. To add one of your
 * own, implement this with a public constructor without parameters and name the class in {@code
 * META-INF/services/io.penstock.codec.OutputFormatFactory} of a jar on the class path.
 */
public interface OutputFormatFactory {

  /** Lower-case letters, digits and dashes; none of Penstock's own names. */
  String name();

  /**
   * The format as a pipeline's configuration asks for it. Asks nobody.
   *
   * @throws IllegalArgumentException if the options will not do, naming key, value and what was
   *     expected
   */
  OutputFormat create(OutputSettings settings);
}
