package io.penstock.grpc.message;

import io.penstock.codec.wire.WireCursor;
import io.penstock.codec.wire.WireWriter;
import io.penstock.model.ServableId;
import io.penstock.requests.ModelSpec;
import io.penstock.requests.RefusedRequestException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** {@code tensorflow.serving.ModelSpec}, which every request begins with. Stateless. */
final class SpecMessage {

  /** The field that it has in every request. */
  static final int IN_REQUEST = WireCursor.tag(1, WireCursor.DELIMITED);

  private static final int NAME = WireCursor.tag(1, WireCursor.DELIMITED);
  private static final int VERSION = WireCursor.tag(2, WireCursor.DELIMITED);
  private static final int SIGNATURE = WireCursor.tag(3, WireCursor.DELIMITED);
  private static final int LABEL = WireCursor.tag(4, WireCursor.DELIMITED);

  /** The only field of {@code google.protobuf.Int64Value}. */
  private static final int VALUE = WireCursor.tag(1, WireCursor.VARINT);

  private SpecMessage() {}

  /**
   * That of a request.
   *
   * @param request a cursor over nothing
   * @throws RefusedRequestException if it has none, or that names no model
   */
  static ModelSpec of(byte[] message, WireCursor request) {
    request.over(message);
    ModelSpec spec = null;
    while (request.hasMore()) {
      int tag = request.readTag();
      if (tag == IN_REQUEST) {
        spec = read(request);
      } else {
        request.skip(tag);
      }
    }
    if (spec == null) {
      throw RefusedRequestException.invalid("Missing ModelSpec");
    }
    if (spec.model().isEmpty()) {
      throw RefusedRequestException.invalid("ModelSpec has no name specified.");
    }
    return spec;
  }

  /** Of version and label the last counts, as of all alternatives. */
  private static ModelSpec read(WireCursor in) {
    String name = "";
    Optional<Long> version = Optional.empty();
    Optional<String> label = Optional.empty();
    Optional<String> signature = Optional.empty();
    int around = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == NAME) {
        name = text(in);
      } else if (tag == VERSION) {
        version = Optional.of(number(in));
        label = Optional.empty();
      } else if (tag == LABEL) {
        label = Optional.of(text(in));
        version = Optional.empty();
      } else if (tag == SIGNATURE) {
        signature = Optional.of(text(in));
      } else {
        in.skip(tag);
      }
    }
    in.leave(around);
    return new ModelSpec(name, version, label, signature);
  }

  private static long number(WireCursor in) {
    long number = 0;
    int around = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == VALUE) {
        number = in.readVarint();
      } else {
        in.skip(tag);
      }
    }
    in.leave(around);
    return number;
  }

  /** Reads a text. */
  static String text(WireCursor in) {
    int length = in.readLength();
    return new String(in.bytes(), in.take(length), length, StandardCharsets.UTF_8);
  }

  /** That of a response, which says what has answered. */
  static WireWriter.Message of(ServableId version, String signature) {
    return to -> {
      to.text(1, version.model());
      to.message(2, number -> number.varint(1, version.version()));
      if (!signature.isEmpty()) {
        to.text(3, signature);
      }
    };
  }
}
