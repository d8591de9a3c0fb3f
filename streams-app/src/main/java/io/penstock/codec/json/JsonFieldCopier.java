package io.penstock.codec.json;

import io.penstock.codec.CopyTarget;
import io.penstock.codec.CopyTarget.Copy;
import io.penstock.codec.FieldCopier;
import io.penstock.codec.InputRecord;
import io.penstock.codec.json.row.FieldFinder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Copies fields of records of JSON; one that is missing is null. Not thread-safe: one stream
 * thread's own.
 */
final class JsonFieldCopier implements FieldCopier {

  private final FieldFinder finder = new FieldFinder();
  private final byte[] missing = "null".getBytes(StandardCharsets.US_ASCII);
  private final Copy[] fields;
  private final ByteArrayOutputStream copies = new ByteArrayOutputStream();

  JsonFieldCopier(CopyTarget target) {
    this.fields = new Copy[target.fields().size()];
    for (int i = 0; i < fields.length; i++) {
      finder.add(target.fields().get(i).path());
      fields[i] = target.fromJson(i);
    }
  }

  @Override
  public byte[] copy(InputRecord record) {
    finder.find(record.value());
    copies.reset();
    for (int i = 0; i < fields.length; i++) {
      if (finder.has(i)) {
        fields[i].append(record.value(), finder.from(i), finder.to(i), copies);
      } else {
        fields[i].append(missing, 0, missing.length, copies);
      }
    }
    return copies.toByteArray();
  }
}
