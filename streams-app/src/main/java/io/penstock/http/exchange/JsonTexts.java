package io.penstock.http.exchange;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestRoom;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * JSON as TensorFlow Serving reads and writes it: with {@code NaN}, {@code Infinity} and {@code
 * -Infinity} as numbers. Thread-safe.
 */
public final class JsonTexts {

  /** Lists within lists: no tensor has as many dimensions. */
  private static final int MAX_DEPTH = 64;

  /** Characters of an error's text. */
  private static final int MAX_ERROR = 2000;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .streamReadConstraints(
              // The body is bounded: none of its strings is longer.
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private JsonTexts() {}

  /** What is done with a body's tokens. */
  @FunctionalInterface
  public interface Reading<T> {
    T read(JsonParser parser) throws IOException;
  }

  /**
   * Reads a body that is an object; the parser stands at its beginning.
   *
   * @throws RefusedRequestException if it is none, or ill-formed
   */
  public static <T> T readObject(byte[] body, Reading<T> reading) {
    try (JsonParser parser = FACTORY.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw RefusedRequestException.invalid(
            "Malformed request: the body is no JSON object (expected: {\"instances\": …} or the"
                + " like)");
      }
      return reading.read(parser);
    } catch (JsonProcessingException e) {
      throw RefusedRequestException.invalid(
          "JSON Parse error: " + e.getOriginalMessage() + place(e.getLocation()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A limit of the parser, such as digits of a number, is exceeded nowhere. */
  private static String place(@Nullable JsonLocation location) {
    return location == null
        ? ""
        : " at line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
  }

  /** What writes the fields of an object. */
  @FunctionalInterface
  public interface Fields {
    void write(JsonGenerator to) throws IOException;
  }

  /**
   * An object of those fields.
   *
   * @throws RefusedRequestException if an output cannot be written
   */
  public static byte[] object(Fields fields) {
    return object(new ByteArrayOutputStream(), fields);
  }

  /**
   * The same of any length.
   *
   * @param room takes what the text needs
   * @throws RefusedRequestException if an output cannot be written, or there is no room for it
   */
  public static byte[] object(RequestRoom room, Fields fields) {
    return object(new RoomyBytes(room), fields);
  }

  private static byte[] object(ByteArrayOutputStream bytes, Fields fields) {
    try (JsonGenerator to = FACTORY.createGenerator(bytes)) {
      to.writeStartObject();
      fields.write(to);
      to.writeEndObject();
    } catch (UndecodableRecordException e) {
      throw new RefusedRequestException(
          RefusedRequestException.Code.INTERNAL, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * {@code {"error": message}}. The middle of a long message is left out: it is what somebody has
   * sent.
   */
  public static byte[] error(String message) {
    String shown =
        message.length() <= MAX_ERROR
            ? message
            : message.substring(0, MAX_ERROR / 2)
                + " … "
                + message.substring(message.length() - MAX_ERROR / 2);
    // There and back, since half a character is none.
    String text = new String(shown.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    return object(to -> to.writeStringField("error", text));
  }
}
