package io.penstock.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalStackIT {

  /** A second or two, on a machine that does nothing else. */
  private static final long PATIENCE_SECONDS = 240;

  private static final String SCHEMA = "{\"schema\": \"{\\\"type\\\": \\\"string\\\"}\"}";

  @Test
  void shouldShowCommittedRecordsOnly() throws Exception {
    try (LocalStack stack = LocalStack.start()) {
      // given
      stack.createTopic("numbers", 1);

      // when
      KafkaClients.commit(stack.bootstrapServers(), "numbers", "one");
      KafkaClients.abort(stack.bootstrapServers(), "numbers", "never");
      KafkaClients.commit(stack.bootstrapServers(), "numbers", "two");

      // then
      assertThat(KafkaClients.readCommitted(stack.bootstrapServers(), "numbers"))
          .containsExactly("one", "two");
    }
  }

  @Test
  void shouldRunTwoStacksSideBySide() throws Exception {
    try (LocalStack one = LocalStack.start();
        LocalStack other = LocalStack.start()) {
      // given
      one.createTopic("same-name", 1);
      other.createTopic("same-name", 1);

      // when
      KafkaClients.commit(one.bootstrapServers(), "same-name", "in one");
      String id = send(post(one, "/subjects/same-name-value/versions")).body();

      // then what is in the one is not in the other
      assertThat(KafkaClients.readCommitted(other.bootstrapServers(), "same-name")).isEmpty();
      assertThat(id).matches("\\{\"id\":\\d+\\}");
      assertThat(send(post(one, "/subjects/same-name-value")).statusCode()).isEqualTo(200);
      assertThat(send(post(other, "/subjects/same-name-value")).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void shouldAllowAKnownUserNothingByItself() throws Exception {
    try (LocalStack stack = LocalStack.startSecured(Set.of("visitor"));
        Admin visitor = Admin.create(new HashMap<>(stack.clientKeys("visitor")))) {
      // when
      stack.createTopic("closed", 1);

      // then
      assertThat(visitor.listTopics().names().get()).isEmpty();
      assertThatThrownBy(() -> visitor.deleteTopics(List.of("closed")).all().get())
          .hasCauseInstanceOf(AuthorizationException.class);
      assertThatThrownBy(() -> stack.clientKeys("stranger"))
          .hasMessage("user: stranger (expected: one of [admin, visitor])");
    }
  }

  @Test
  void shouldCloseFirstWhatNeedsItTheLatestFirst() throws Exception {
    // given
    List<String> closed = new ArrayList<>();
    LocalStack stack = LocalStack.start();
    Path folder = stack.folder();
    stack.createTopic("farewell", 1);
    stack.closeFirst(() -> closed.add("earlier"));
    stack.closeFirst(
        () -> {
          closed.add("later");
          closed.addAll(KafkaClients.readCommitted(stack.bootstrapServers(), "farewell"));
        });
    KafkaClients.commit(stack.bootstrapServers(), "farewell", "broker still there");

    // when
    stack.close();
    stack.close();

    // then
    assertThat(closed).containsExactly("later", "broker still there", "earlier");
    assertThat(folder).doesNotExist();
  }

  @Test
  void shouldLeaveNothingBehind(@TempDir Path temporary) throws Exception {
    // given a stack in a process of its own
    Process process = stackProcess(temporary);
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    assertThat(output.readLine()).contains("\"bootstrapServers\":\"127.0.0.1:");
    List<ProcessHandle> registry = process.children().toList();
    assertThat(registry).hasSize(1);

    // when it is asked to end
    process.destroy();

    // then
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(registry).noneMatch(ProcessHandle::isAlive);
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith("penstock-")))
          .isEmpty();
    }
  }

  @Test
  void shouldNotLeaveTheRegistryBehindWhenKilled(@TempDir Path temporary) throws Exception {
    // given
    Process process = stackProcess(temporary);
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    output.readLine();
    ProcessHandle registry = process.children().findFirst().orElseThrow();

    // when
    process.destroyForcibly();

    // then
    assertThat(registry.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS).isAlive()).isFalse();
  }

  private static Process stackProcess(Path temporary) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            LocalStackMain.class.getName())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static HttpRequest post(LocalStack stack, String path) {
    return HttpRequest.newBuilder(URI.create(stack.registryUrl() + path))
        .header("Content-Type", "application/vnd.schemaregistry.v1+json")
        .POST(HttpRequest.BodyPublishers.ofString(SCHEMA))
        .build();
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }
}
