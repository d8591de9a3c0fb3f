package io.penstock.http.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.http.OneModel;
import io.penstock.http.RequestServer;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The documents of TensorFlow Serving's REST API, over HTTP. */
final class PredictApiTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String MODEL = "/v1/models/half_plus_two";

  private static OneModel model;
  private static RequestServer server;

  @BeforeAll
  static void start() {
    model = new OneModel();
    server = model.serve();
  }

  @AfterAll
  static void stop() {
    server.close();
    model.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // As in TensorFlow Serving's documentation.
        "{'instances': [1.0, 2.0, 5.0]}|{'predictions':[2.5,3.0,4.5]}",
        "{'inputs': [1.0, 2.0, 5.0]}|{'outputs':[2.5,3.0,4.5]}",
        // Tensors as the signature has them, and names though there is one input only.
        "{'instances': [[1], [2], [5]]}|{'predictions':[[2.5],[3.0],[4.5]]}",
        "{'instances': [{'x': 1.0}, {'x': [2.0]}]}|",
        "{'instances': [{'x': 1.0}, {'x': 2.0}]}|{'predictions':[2.5,3.0]}",
        "{'inputs': {'x': [[1.0], [2.0]]}}|{'outputs':[[2.5],[3.0]]}",
        "{'inputs': {'x': [1e1]}, 'signature_name': 'serving_default'}|{'outputs':[7.0]}",
        // The name may come last, and what nobody knows is passed over.
        "{'more': {'instances': 1}, 'instances': [2], 'signature_name': ''}|{'predictions':[3.0]}",
        "{'instances': [NaN, Infinity, -Infinity]}|{'predictions':[NaN,Infinity,-Infinity]}",
      })
  void shouldPredict(String body, String expected) throws Exception {
    HttpResponse<String> answer = post(MODEL + ":predict", body.replace('\'', '"'));

    if (expected == null) {
      assertThat(answer.statusCode()).isEqualTo(400);
      return;
    }
    assertThat(answer.body()).isEqualTo(expected.replace('\'', '"'));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("penstock-served-by"))
        .hasValue("model=half_plus_two;version=123;fingerprint=5c1f0a");
  }

  @Test
  void shouldTakeAndGiveEveryKindOfValue() throws Exception {
    String row =
        "{\"flags\":true,\"ids\":[9007199254740993,-2],"
            + "\"image_bytes\":{\"b64\":\"AP/+\"},\"values\":[0.5,1.0E-7,3.0]}";
    String body = "{\"signature_name\": \"echo\", \"instances\": [" + row + "," + row + "]}";

    assertThat(post(MODEL + ":predict", body).body())
        .isEqualTo("{\"predictions\":[" + row + "," + row + "]}");
    assertThat(
            post(
                    MODEL + ":predict",
                    "{\"signature_name\": \"echo\", \"inputs\": {\"flags\": [true, false], \"ids\":"
                        + " [[1,2],[3,4]], \"image_bytes\": [\"a\", {\"b64\": \"Yg==\"}],"
                        + " \"values\": [[], []]}}")
                .body())
        .isEqualTo(
            "{\"outputs\":{\"flags\":[true,false],\"ids\":[[1,2],[3,4]],"
                + "\"image_bytes\":[{\"b64\":\"YQ==\"},{\"b64\":\"Yg==\"}],\"values\":[[],[]]}}");
  }

  @Test
  void shouldClassifyAndRegressExamples() throws Exception {
    // One feature of a letter takes 12 bytes: {"x": 1.0}.
    String examples = "\"examples\": [{\"x\": 1.0}, {\"x\": [2.0, 3]}]";

    HttpResponse<String> regressed =
        post(MODEL + ":regress", "{\"signature_name\": \"regress\", " + examples + "}");
    HttpResponse<String> classified =
        post(
            MODEL + "/labels/stable:classify",
            "{" + examples + ", \"signature_name\": \"classify\"}");
    HttpResponse<String> withContext =
        post(
            MODEL + ":regress",
            "{\"context\": {\"y\": \"z\"}, \"signature_name\": \"regress\", " + examples + "}");

    assertThat(regressed.body()).isEqualTo("{\"results\":[16.0,21.0]}");
    assertThat(classified.body())
        .isEqualTo("{\"results\":[[[\"a\",16.0],[\"b\",17.0]],[[\"a\",21.0],[\"b\",22.0]]]}");
    assertThat(withContext.statusCode()).isEqualTo(200);
    assertThat(withContext.body()).isNotEqualTo(regressed.body());
    assertThat(
            post(MODEL + ":classify", "{\"signature_name\": \"regress\", " + examples + "}").body())
        .contains("cannot classify: its outputs are [outputs: float32[-1,1]]");
    assertThat(post(MODEL + ":regress", "{" + examples + "}").body())
        .contains("signature serving_default takes no examples");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "|400|the body is no JSON object",
        "[1]|400|the body is no JSON object",
        "{'instances': [1|400|JSON Parse error: ",
        "{'instances': [1]} x|400|JSON Parse error: ",
        "{'instances': [1]} {}|400|more behind the object",
        "{'examples': [1]}|400|Missing 'inputs' or 'instances' key",
        "{'inputs': [1], 'instances': [1]}|400|Not expected: instances beside inputs",
        "{'instances': 1}|400|to be a list/array",
        "{'instances': []}|400|rows: 0 (expected: 1 or more)",
        "{'inputs': 1}|400|a single value (expected: a list of rows)",
        "{'instances': ['a']}|400|JSON Value: \"a\" is not of expected type: float32",
        "{'instances': [null]}|400|JSON Value: null is not of expected type: float32",
        "{'instances': [1e999]}|400|JSON Value: 1e999 is not of expected type: float32",
        "{'instances': [{'b64': 'AA=='}]}|400|bytes (expected: float32)",
        "{'instances': [[1], [1, 2]]}|400|Encountered list at unexpected size: 2 at level: 0"
            + " expected size: 1",
        "{'instances': [1, [1]]}|400|a list at level 0 (expected: a value, as before)",
        "{'instances': [[1], 1]}|400|at level 0 (expected: a list, as before)",
        "{'instances': [[1, 2]]}|400|rows have the shape [2] (expected: [1])",
        "{'instances': [{'z': 1}]}|400|row 0: unknown input: z (expected: [x])",
        "{'instances': [{'x': 1, 'x': 2}]}|400|row 0: input x: float32[-1,1] comes twice",
        "{'instances': [{}]}|400|row 0: input x: float32[-1,1] is missing",
        "{'instances': [1], 'signature_name': 'echo'}|400|a value without a name (expected: an"
            + " object",
        "{'instances': [1], 'signature_name': 'other'}|400|Serving signature key \"other\" not"
            + " found",
        "{'instances': [1], 'signature_name': 3}|400|'signature_name' key must be a string value.",
      })
  void shouldSayWhatIsWrongWithABody(String body, int status, String error) throws Exception {
    HttpResponse<String> answer =
        post(MODEL + ":predict", body == null ? "" : body.replace('\'', '"'));

    assertThat(answer.body()).startsWith("{\"error\":\"").contains(error.replace("\"", "\\\""));
    assertThat(answer.statusCode()).isEqualTo(status);
  }

  @Test
  void shouldNotFindWhatIsNotThere() throws Exception {
    String body = "{\"instances\": [1]}";

    assertThat(post("/v1/models/other:predict", body).body())
        .isEqualTo("{\"error\":\"Servable not found for request: Latest(other)\"}");
    assertThat(post(MODEL + "/versions/7:predict", body).statusCode()).isEqualTo(404);
    assertThat(post(MODEL + "/versions/7:predict", body).body())
        .contains("Servable not found for request: Specific(half_plus_two, 7)");
    assertThat(post(MODEL + "/versions/x:predict", body).statusCode()).isEqualTo(400);
    assertThat(post(MODEL + "/versions/x:predict", body).body())
        .contains("Malformed request: POST " + MODEL + "/versions/x:predict");
    assertThat(post(MODEL + "/versions/9223372036854775807:predict", body).statusCode())
        .isEqualTo(404);
    assertThat(post(MODEL + "/versions/99999999999999999999:predict", body).statusCode())
        .isEqualTo(400);
    assertThat(get(MODEL + "/versions/x").statusCode()).isEqualTo(400);
    assertThat(get(MODEL + "/versions/7").statusCode()).isEqualTo(404);
    assertThat(post(MODEL + "/labels/beta:predict", body).statusCode()).isEqualTo(400);
    assertThat(post(MODEL + "/labels/unknown:predict", body).statusCode()).isEqualTo(503);
    assertThat(post(MODEL + ":guess", body).statusCode()).isEqualTo(404);
    assertThat(post(MODEL + "/versions/123:predict", body).statusCode()).isEqualTo(200);
    assertThat(get(MODEL + "/labels/stable").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldEchoNoMoreOfARequestThanItsBeginningAndItsEnd() throws Exception {
    // given: half a character where the text is cut
    String name = "\uD83D\uDE00".repeat(10_000);
    // when
    HttpResponse<String> answer =
        post(MODEL + ":predict", "{\"instances\": [{\"" + name + "\": 1}]}");
    // then
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .hasSizeLessThan(6 * 2100)
        .startsWith("{\"error\":\"row 0: unknown input: ")
        .endsWith("(expected: [x])\"}");
  }

  @Test
  void shouldRefuseABodyThatIsTooLarge() throws Exception {
    HttpResponse<String> answer = post(MODEL + ":predict", " ".repeat(OneModel.MAX_BODY + 1));

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("(expected: at most 65536, by requests.max-body)");
  }

  @Test
  void shouldRefuseADeclaredSizeWithoutReadingAnything() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST "
                  + MODEL
                  + ":predict HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                  + "Content-Length: 999999999999\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();

      String head = new String(in.readNBytes(12), StandardCharsets.US_ASCII);

      assertThat(head).isEqualTo("HTTP/1.1 413");
    }
  }

  @Test
  void shouldRefuseANumberOfMoreDigitsThanAnyHas() throws Exception {
    HttpResponse<String> answer =
        post(MODEL + ":predict", "{\"instances\": [1" + "9".repeat(2000) + "]}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("JSON Parse error: ");
  }

  @Test
  void shouldAnswerGarbageWithoutAFaultOfItsOwn() throws Exception {
    long seed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(seed);
    String[] parts = {
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      "\"instances\"",
      "\"inputs\"",
      "\"x\"",
      "1",
      "-2.5e3",
      "null",
      "true",
      "\"b64\"",
      "\"AA==\"",
      "NaN",
      "\"\\ud800\"",
      "9".repeat(400),
      "\"signature_name\"",
      "\"echo\"",
      "\u0000",
      " "
    };
    for (int i = 0; i < 300; i++) {
      StringBuilder body = new StringBuilder("{\"instances\": [1, 2");
      for (int n = random.nextInt(12); n >= 0; n--) {
        body.append(parts[random.nextInt(parts.length)]);
      }
      if (random.nextBoolean()) {
        body.append("]}");
      }

      HttpResponse<String> answer = post(MODEL + ":predict", body.toString());

      assertThat(answer.statusCode()).as("seed %d: %s", seed, body).isIn(200, 400);
    }
    assertThat(post(MODEL + ":predict", "{\"instances\": [1]}").statusCode()).isEqualTo(200);
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }
}
