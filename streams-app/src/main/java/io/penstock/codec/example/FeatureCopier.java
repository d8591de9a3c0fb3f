package io.penstock.codec.example;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.penstock.codec.CopyTarget;
import io.penstock.codec.CopyTarget.Copy;
import io.penstock.codec.FieldCopier;
import io.penstock.codec.InputRecord;
import io.penstock.codec.Utf8;
import io.penstock.codec.example.FeatureList.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Copies features by way of JSON: one value as it is, several as an array, none as null; bytes that
 * are no text as {@code {"b64": …}}. Not thread-safe: one stream thread's own.
 */
final class FeatureCopier implements FieldCopier {

  private final JsonFactory json =
      JsonFactory.builder().disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build();

  private final ExampleWalk walk = new ExampleWalk();
  private final ExampleWalk.Visitor takes = this::take;
  private final byte[][] names;
  private final FeatureList[] found;
  private final Copy[] fields;
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final ByteArrayOutputStream copies = new ByteArrayOutputStream();

  FeatureCopier(CopyTarget target) {
    this.names =
        target.fields().stream()
            .map(field -> field.path().getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    this.found = new FeatureList[names.length];
    this.fields = new Copy[names.length];
    for (int i = 0; i < names.length; i++) {
      found[i] = walk.newList();
      fields[i] = target.fromJson(i);
    }
  }

  @Override
  public byte[] copy(InputRecord record) {
    for (FeatureList list : found) {
      list.clear();
    }
    walk.over(record.value(), takes);
    copies.reset();
    for (int i = 0; i < fields.length; i++) {
      byte[] value = text(found[i]);
      fields[i].append(value, 0, value.length, copies);
    }
    return copies.toByteArray();
  }

  private void take(ExampleWalk visited, FeatureList list) {
    for (int i = 0; i < names.length; i++) {
      if (visited.isNamed(names[i])) {
        found[i].set(list);
      }
    }
  }

  private byte[] text(FeatureList list) {
    text.reset();
    try (JsonGenerator to = json.createGenerator(text)) {
      if (list.count() == 0) {
        to.writeNull();
      } else {
        list.begin();
        write(list, to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Writing into memory failed", e);
    }
    return text.toByteArray();
  }

  private static void write(FeatureList list, JsonGenerator to) throws IOException {
    if (list.count() > 1) {
      to.writeStartArray();
    }
    for (int i = 0; i < list.count(); i++) {
      if (list.kind() == Kind.FLOATS) {
        to.writeNumber(list.nextFloat());
      } else if (list.kind() == Kind.INTEGERS) {
        to.writeNumber(list.nextInteger());
      } else {
        writeBytes(list.nextBytes(), to);
      }
    }
    if (list.count() > 1) {
      to.writeEndArray();
    }
  }

  private static void writeBytes(byte[] bytes, JsonGenerator to) throws IOException {
    if (Utf8.isValid(bytes)) {
      to.writeString(new String(bytes, StandardCharsets.UTF_8));
    } else {
      to.writeStartObject();
      to.writeBinaryField("b64", bytes);
      to.writeEndObject();
    }
  }
}
