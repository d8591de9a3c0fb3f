package io.penstock.http.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.io.UncheckedIOException;

/** JSON in the layout that TensorFlow Serving prints. Thread-safe. */
final class ServingJson {

  private static final DefaultIndenter INDENTER = new DefaultIndenter(" ", "\n");

  private final ObjectMapper json = new ObjectMapper();
  private final ObjectWriter writer = json.writer(printer());

  ObjectNode object() {
    return json.createObjectNode();
  }

  void answer(Context context, ObjectNode body) {
    try {
      context.contentType("application/json").result(writer.writeValueAsString(body) + "\n");
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  void refuse(Context context, int status, String message) {
    context.status(status);
    answer(context, object().put("error", message));
  }

  private static DefaultPrettyPrinter printer() {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""));
    printer.indentObjectsWith(INDENTER);
    printer.indentArraysWith(INDENTER);
    return printer;
  }
}
