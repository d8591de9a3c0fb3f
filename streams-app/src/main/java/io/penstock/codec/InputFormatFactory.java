package io.penstock.codec;

/**
 * A format of input records, by the name that {@code input.format} has it by. To add one of your
 * own, implement this with a public constructor without parameters and name the class in {@code
 * META-INF/services/io.penstock.codec.InputFormatFactory} of a jar on the class path.
 */
public interface InputFormatFactory {

  /** Lower-case letters, digits and dashes; none of Penstock's own names. */
  String name();

  /**
   * The format as a pipeline's configuration asks for it. Asks nobody.
   *
   * @throws IllegalArgumentException if the options will not do, naming key, value and what was
   *     expected
   */
  InputFormat create(InputSettings settings);
}
