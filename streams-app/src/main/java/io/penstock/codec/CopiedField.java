package io.penstock.codec;

/**
 * A field of an input record that its prediction holds, too.
 *
 * @param path dots reach fields of nested records, as in {@link FieldMapping}
 * @param name the field's name in the prediction
 */
public record CopiedField(String path, String name) {}
