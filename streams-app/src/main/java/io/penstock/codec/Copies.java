package io.penstock.codec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What of a record its prediction holds beside the outputs.
 *
 * @param fields in the order in which predictions hold them
 * @param types a schema of the records, by which fields have their types where the output's format
 *     has such; null where the newest one does that is registered for the input topic
 * @param inputTopic where the records come from
 */
public record Copies(List<CopiedField> fields, @Nullable Schema types, String inputTopic) {

  /** Nothing. */
  public static final Copies NONE = new Copies(List.of(), null, "");

  public Copies {
    fields = List.copyOf(fields);
  }

  /**
   * Fields as configured: {@code id}, or {@code card.country as country}.
   *
   * @throws IllegalArgumentException if a name is there twice, or a path is none
   */
  public static List<CopiedField> fields(List<String> texts) {
    List<CopiedField> fields = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String text : texts) {
      Renaming field = Renaming.of(text);
      FieldMapping.requirePath("copy", field.original());
      if (!names.add(field.name())) {
        throw new IllegalArgumentException(
            "copy: %s (expected: every name once; %s twice needs: %s as other-name)"
                .formatted(texts, field.name(), field.original()));
      }
      fields.add(new CopiedField(field.original(), field.name()));
    }
    return fields;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return fields.isEmpty();
  }

  /**
   * Fails where a field has the name of an output.
   *
   * @throws MappingException naming both
   */
  public void requireOtherNames(Collection<OutputBinding> outputs) {
    for (CopiedField field : fields) {
      for (OutputBinding output : outputs) {
        if (output.output().name().equals(field.name())) {
          throw new MappingException(
              "output.copy: %s has the name of output %s (expected: another one, such as: %s as input_%s)"
                  .formatted(field.path(), output.output(), field.path(), field.name()));
        }
      }
    }
  }

  /**
   * Fails where there are any.
   *
   * @throws MappingException saying why there must be none
   */
  public void requireNone(String because) {
    if (!isEmpty()) {
      throw new MappingException(
          "copy: %s (expected: nothing, since %s)"
              .formatted(fields.stream().map(CopiedField::path).toList(), because));
    }
  }
}
