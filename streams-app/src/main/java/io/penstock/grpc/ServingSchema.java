package io.penstock.grpc;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The definitions of TensorFlow Serving's messages and services, as the build has compiled them of
 * {@code src/main/protobuf}. Immutable.
 */
public final class ServingSchema {

  private static final String FILE = "serving.desc";

  /** As a dtype is called that TensorFlow Java has no name for. */
  private static final Pattern UNNAMED = Pattern.compile("DataType ([0-9]{1,9})");

  private final List<FileDescriptor> files;

  private ServingSchema(List<FileDescriptor> files) {
    this.files = List.copyOf(files);
  }

  /** The one of this build. */
  public static ServingSchema load() {
    try (InputStream in =
        Objects.requireNonNull(ServingSchema.class.getResourceAsStream(FILE), FILE)) {
      List<FileDescriptor> files = new ArrayList<>();
      // Each after those that it imports.
      for (FileDescriptorProto file : FileDescriptorSet.parseFrom(in).getFileList()) {
        FileDescriptor[] imported =
            files.stream()
                .filter(known -> file.getDependencyList().contains(known.getName()))
                .toArray(FileDescriptor[]::new);
        files.add(FileDescriptor.buildFrom(file, imported));
      }
      return new ServingSchema(files);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException(FILE + " is broken: build Penstock again", e);
    }
  }

  /** The definition of a message of {@code tensorflow.serving}. */
  public Descriptor message(String name) {
    return files.stream()
        .map(file -> file.findMessageTypeByName(name))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow();
  }

  /** The definition of a service of {@code tensorflow.serving}. */
  ServiceDescriptor service(String name) {
    return files.stream()
        .map(file -> file.findServiceByName(name))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow();
  }

  /**
   * The number of a {@code tensorflow.DataType} by its name, or by {@code DataType N} of one that
   * has no name here; 0 of what is neither.
   */
  int dataType(String name) {
    return files.stream()
        .flatMap(file -> Optional.ofNullable(file.findEnumTypeByName("DataType")).stream())
        .flatMap(type -> Optional.ofNullable(type.findValueByName(name)).stream())
        .mapToInt(EnumValueDescriptor::getNumber)
        .findFirst()
        .orElseGet(() -> numberOf(name));
  }

  private static int numberOf(String unnamed) {
    Matcher number = UNNAMED.matcher(unnamed);
    return number.matches() ? Integer.parseInt(number.group(1)) : 0;
  }
}
