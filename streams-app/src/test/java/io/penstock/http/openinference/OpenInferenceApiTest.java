package io.penstock.http.openinference;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.http.OneModel;
import io.penstock.http.RequestServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The documents of the Open Inference Protocol, over HTTP. */
final class OpenInferenceApiTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String MODEL = "/v2/models/half_plus_two";

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

  @Test
  void shouldInfer() throws Exception {
    HttpResponse<String> answer =
        infer(
            MODEL,
            "{'id': '42', 'inputs': [{'name': 'x', 'shape': [3, 1], 'datatype': 'FP32', 'data':"
                + " [1.0, 2.0, 5.0]}]}");

    assertThat(answer.body())
        .isEqualTo(
            json(
                "{'model_name':'half_plus_two','model_version':'123','id':'42','outputs':[{'name':'y','datatype':'FP32','shape':[3,1],'data':[2.5,3.0,4.5]}]}"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("penstock-served-by"))
        .hasValue("model=half_plus_two;version=123;fingerprint=5c1f0a");
  }

  @Test
  void shouldTakeNestedDataInAnyOrderOfFieldsAndGiveTheOutputsThatAreAskedFor() throws Exception {
    HttpResponse<String> answer =
        infer(
            MODEL + "/versions/123",
            "{'outputs': [{'name': 'ids', 'parameters': {'binary_data': false}}], 'inputs':"
                + " [{'data': [[0.5], [1]], 'datatype': 'FP64', 'name': 'values', 'shape': [2, 1]},"
                + " {'data': [true, false], 'datatype': 'BOOL', 'name': 'flags', 'shape': [2]},"
                + " {'name': 'image_bytes', 'shape': [2], 'datatype': 'BYTES', 'data': ['a', 'b']},"
                + " {'name': 'ids', 'shape': [2, 2], 'datatype': 'INT64', 'data': [1, 2, 3, 4]}],"
                + " 'parameters': {'other': [1], 'signature_name': 'echo'}}");

    assertThat(answer.body())
        .isEqualTo(
            json(
                "{'model_name':'half_plus_two','model_version':'123','outputs':[{'name':'ids','datatype':'INT64','shape':[2,2],'data':[1,2,3,4]}]}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{}|inputs: none (expected: one or more)",
        "{'inputs': 1}|inputs is no list",
        "{'inputs': [1]}|inputs has what is no object",
        "{'inputs': [{'name': 'x', 'shape': [1, 1]}]}|lacks its name, its datatype or its shape",
        "{'inputs': [{'name': 'x', 'shape': [-1, 1], 'datatype': 'FP32', 'data':"
            + " [1]}]}|inputs.shape is no list of sizes",
        "{'inputs': [{'name': 'x', 'shape': [1, 1], 'datatype': 'FP64', 'data': [1]}]}|datatype"
            + " FP64 (expected: FP32)",
        "{'inputs': [{'name': 'x', 'shape': [2, 1], 'datatype': 'FP32', 'data': [1]}]}|1 elements"
            + " of data (expected: 2, by its shape [2, 1])",
        "{'inputs': [{'name': 'x', 'shape': [1, 2], 'datatype': 'FP32', 'data': [1, 2]}]}|rows have"
            + " the shape [2] (expected: [1])",
        "{'inputs': [{'name': 'x', 'shape': [1, 2147483647, 2147483647, 2147483647], 'datatype':"
            + " 'FP32', 'data': [1]}]}|has more elements than there can be",
        "{'inputs': [{'name': 'z', 'shape': [1, 1], 'datatype': 'FP32', 'data': [1]}]}|unknown"
            + " input: z",
        "{'inputs': [{'name': 'x', 'shape': [1, 1], 'datatype': 'FP32', 'data': ['a']}]}|is not of"
            + " expected type: float32",
        "{'inputs': [{'name': 'x', 'shape': [1, 1], 'datatype': 'FP32', 'data': [1]}], 'outputs':"
            + " [{'name': 'z'}]}|unknown output: z",
        "{'inputs': [{'name': 'x', 'shape': [1, 1], 'datatype': 'FP32', 'data': [1|JSON Parse"
            + " error",
      })
  void shouldSayWhatIsWrongWithABody(String body, String error) throws Exception {
    HttpResponse<String> answer = infer(MODEL, body);

    assertThat(answer.body()).startsWith("{\"error\":\"").contains(error);
    assertThat(answer.statusCode()).isEqualTo(400);
  }

  @Test
  void shouldTellOfTheServerAndItsModels() throws Exception {
    assertThat(get("/v2").body()).contains("\"name\":\"penstock\"");
    assertThat(get("/v2/health/live").body()).isEqualTo("{\"live\":true}");
    assertThat(get("/v2/health/ready").statusCode()).isEqualTo(200);
    assertThat(get(MODEL).body())
        .isEqualTo(
            json(
                "{'name':'half_plus_two','versions':['123'],'platform':'tensorflow_savedmodel',"
                    + "'inputs':[{'name':'x','datatype':'FP32','shape':[-1,1]}],"
                    + "'outputs':[{'name':'y','datatype':'FP32','shape':[-1]}]}"));
    assertThat(get(MODEL + "/ready").body())
        .isEqualTo(json("{'name':'half_plus_two','ready':true}"));
    assertThat(get(MODEL + "/versions/123/ready").statusCode()).isEqualTo(200);
    assertThat(get(MODEL + "/versions/124/ready").statusCode()).isEqualTo(503);
    assertThat(get(MODEL + "/versions/124").statusCode()).isEqualTo(404);
    assertThat(get("/v2/models/other").statusCode()).isEqualTo(404);
    assertThat(infer("/v2/models/other", "{}").statusCode()).isEqualTo(404);
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> infer(String spec, String body) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(uri(spec + "/infer"))
            .POST(HttpRequest.BodyPublishers.ofString(json(body)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }
}
