package io.penstock.http.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class ServingApiTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static Javalin server;

  @BeforeAll
  static void serve() {
    server =
        Javalin.create(
                javalin -> {
                  javalin.startup.showJavalinBanner = false;
                  new ServingApi(FakeModels::model).paths().forEach(javalin.routes::get);
                })
            .start("127.0.0.1", 0);
  }

  @AfterAll
  static void stop() {
    server.stop();
  }

  @Test
  void shouldAnswerTheStatesOfAModelAsTensorFlowServingDoes() throws Exception {
    HttpResponse<String> all = get("/v1/models/half_plus_two");

    assertThat(all.statusCode()).isEqualTo(200);
    assertThat(all.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(all.body())
        .isEqualTo(
            """
            {
             "model_version_status": [
              {
               "version": "124",
               "state": "END",
               "status": {
                "error_code": "UNKNOWN",
                "error_message": "no saved_model.pb"
               }
              },
              {
               "version": "123",
               "state": "AVAILABLE",
               "status": {
                "error_code": "OK",
                "error_message": ""
               }
              }
             ]
            }
            """);
  }

  @Test
  void shouldAnswerForOneVersionByNumberAndByLabel() throws Exception {
    String byNumber = get("/v1/models/half_plus_two/versions/123").body();

    assertThat(byNumber).contains("\"version\": \"123\"").doesNotContain("124");
    assertThat(get("/v1/models/half_plus_two/labels/stable").body()).isEqualTo(byNumber);
    assertThat(get("/v1/models/half_plus_two/labels/canary").body())
        .contains("no saved_model.pb")
        .doesNotContain("123");
  }

  @Test
  void shouldAnswerTheSignaturesAsTensorFlowServingDoes() throws Exception {
    HttpResponse<String> active = get("/v1/models/half_plus_two/metadata");

    assertThat(active.statusCode()).isEqualTo(200);
    assertThat(active.body())
        .isEqualTo(
            """
            {
             "model_spec": {
              "name": "half_plus_two",
              "signature_name": "",
              "version": "123"
             },
             "metadata": {
              "signature_def": {
               "signature_def": {
                "serving_default": {
                 "inputs": {
                  "x": {
                   "dtype": "DT_FLOAT",
                   "tensor_shape": {
                    "dim": [
                     {
                      "size": "-1",
                      "name": ""
                     },
                     {
                      "size": "1",
                      "name": ""
                     }
                    ],
                    "unknown_rank": false
                   },
                   "name": "x:0"
                  }
                 },
                 "outputs": {
                  "y": {
                   "dtype": "DT_FLOAT",
                   "tensor_shape": {
                    "dim": [],
                    "unknown_rank": true
                   },
                   "name": "y:0"
                  }
                 },
                 "method_name": "tensorflow/serving/predict"
                }
               }
              }
             }
            }
            """);
    assertThat(get("/v1/models/half_plus_two/versions/123/metadata").body())
        .isEqualTo(active.body());
    assertThat(get("/v1/models/half_plus_two/labels/stable/metadata").body())
        .isEqualTo(active.body());
  }

  @Test
  void shouldHaveNoSignaturesOfAVersionThatIsNotLoaded() throws Exception {
    HttpResponse<String> answer = get("/v1/models/half_plus_two/versions/124/metadata");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body())
        .contains("Servable not found for request: Specific(half_plus_two, 124)");
  }

  @Test
  void shouldNotFindWhatIsNotThere() throws Exception {
    HttpResponse<String> model = get("/v1/models/other");
    HttpResponse<String> version = get("/v1/models/half_plus_two/versions/7");
    HttpResponse<String> word = get("/v1/models/half_plus_two/versions/newest");
    HttpResponse<String> label = get("/v1/models/half_plus_two/labels/beta");

    assertThat(model.statusCode()).isEqualTo(404);
    assertThat(model.body())
        .isEqualTo("{\n \"error\": \"Could not find any versions of model other\"\n}\n");
    assertThat(get("/v1/models/other/metadata").statusCode()).isEqualTo(404);
    assertThat(version.statusCode()).isEqualTo(404);
    assertThat(version.body()).contains("Could not find version 7 of model half_plus_two");
    assertThat(word.statusCode()).isEqualTo(400);
    assertThat(word.body())
        .contains("Malformed request: GET /v1/models/half_plus_two/versions/newest");
    assertThat(label.statusCode()).isEqualTo(400);
    assertThat(label.body()).contains("Unrecognized servable version label: beta");
  }

  private static HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return CLIENT.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}
