package io.penstock.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.check.Preflight;
import io.penstock.cli.shell.Terminal;
import io.penstock.docs.ShownCommand;
import io.penstock.localstack.host.LoopbackPorts;
import io.penstock.service.PenstockService;
import io.penstock.testkit.Await;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.Workbench;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What a reader of the pages has before him: a folder, a broker, a registry, and the few programs
 * that the pages use. They run in this process, {@code penstock serve} on a thread of its own; what
 * the pages call by names that every machine has (ports, {@code /models}) is this test's own.
 */
final class ReadersMachine implements AutoCloseable {

  /** A file that the pages name, in the folder where the reader is. */
  private static final String FILE = "[\\w./-]+\\.(?:yaml|config|json|csv|sha256)";

  private static final String AT_ONCE = "100ms";

  /** The folder of models, and no part of a URL. */
  private static final Pattern MODELS = Pattern.compile("(?<!\\w)/models/");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Path folder;
  private final Workbench bench;
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> here = new LinkedHashMap<>();
  private final int adminPort = LoopbackPorts.free();
  private final int restPort = LoopbackPorts.free();
  private final CountDownLatch toStop = new CountDownLatch(1);
  private final ExecutorService background = Executors.newSingleThreadExecutor();
  private final List<Future<Integer>> served = new ArrayList<>();

  /** What a command did. */
  record Result(int exitCode, String out, String err) {

    String all() {
      return out + err;
    }
  }

  /** One in a folder of its own. */
  ReadersMachine(Path folder, Workbench bench) {
    this.folder = folder;
    this.bench = bench;
    here.put("exports/", folder.resolve("exports") + "/");
    here.put("localhost:9092", bench.stack().bootstrapServers());
    here.put("$BROKER", bench.stack().bootstrapServers());
    here.put("http://localhost:8081", bench.stack().registryUrl());
    here.put("127.0.0.1:8080", "127.0.0.1:" + adminPort);
    here.put("127.0.0.1:8501", "127.0.0.1:" + restPort);
    environment.put("PENSTOCK_KAFKA__BOOTSTRAP_SERVERS", bench.stack().bootstrapServers());
    environment.put("PENSTOCK_HTTP__LISTEN", "127.0.0.1:" + adminPort);
    environment.put("PENSTOCK_CONTROL__HEARTBEAT_INTERVAL", "300ms");
  }

  /** Has copies of these models settle at once: nobody is copying. */
  ReadersMachine settling(String... models) {
    for (String model : models) {
      environment.put(
          "PENSTOCK_MODELS__%s__SETTLE".formatted(model.toUpperCase(Locale.ROOT)), AT_ONCE);
    }
    return this;
  }

  /** Sets a variable of the reader's environment. */
  ReadersMachine with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Has requests answered on ports of this test's own. */
  ReadersMachine withRequestPorts() {
    return with("PENSTOCK_REQUESTS__REST", "127.0.0.1:" + restPort)
        .with("PENSTOCK_REQUESTS__GRPC__LISTEN", "127.0.0.1:" + LoopbackPorts.free());
  }

  /** Reads something that the pages show as something else that there is here. */
  ReadersMachine reading(String shown, String as) {
    here.put(shown, as);
    return this;
  }

  /** Where something is that the pages name. */
  Path path(String shown) {
    return folder.resolve(translated(shown));
  }

  /** Writes a file that the pages take for given. */
  void write(String name, String content) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(name), translated(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command line as a shell would. */
  Result run(ShownCommand command) throws Exception {
    Result result = new Result(0, "", "");
    for (List<String> call : command.pipe()) {
      result = run(call.stream().map(this::translated).toList(), result.out());
    }
    if (!command.file().isEmpty()) {
      Files.writeString(path(command.file()), result.out());
    }
    return result;
  }

  private String translated(String text) {
    String translated = MODELS.matcher(text).replaceAll(folder + "/models/");
    for (Map.Entry<String, String> entry : here.entrySet()) {
      translated = translated.replace(entry.getKey(), entry.getValue());
    }
    return translated;
  }

  private Result run(List<String> words, String input) throws Exception {
    List<String> arguments = words.subList(1, words.size());
    return switch (words.get(0)) {
      case "./penstock" -> penstock(arguments, input);
      case "curl" -> curl(arguments);
      case "kcat" -> kcat(arguments, input);
      case "echo" -> new Result(0, String.join(" ", arguments) + "\n", "");
      case "cp" -> copy(arguments);
      default -> throw new AssertionError("no such program here: " + words);
    };
  }

  private Result penstock(List<String> arguments, String input) throws Exception {
    List<String> words =
        new ArrayList<>(
            arguments.stream()
                .map(word -> word.matches(FILE) ? folder.resolve(word).toString() : word)
                .toList());
    switch (words.get(0)) {
      case "serve" -> {
        served.add(background.submit(() -> execute(words, input).exitCode()));
        Await.until("the service is ready", 60, this::isReady);
        return new Result(0, "", "");
      }
      case "watch" -> words.addAll(List.of("--duration", "1s"));
      case "model" -> {
        if (words.get(1).equals("check")) {
          words.addAll(List.of("--settle", AT_ONCE));
        }
      }
      case "predict" -> words.addAll(List.of("--url", "http://127.0.0.1:" + adminPort));
      default -> {}
    }
    return execute(words, input);
  }

  private Result execute(List<String> words, String input) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(UTF_8)));
    try {
      int exitCode =
          PenstockMain.run(
              new Terminal(new PrintWriter(out, true), new PrintWriter(err, true)),
              environment,
              this::serve,
              words.toArray(String[]::new));
      return new Result(exitCode, out.toString(), err.toString());
    } finally {
      System.setIn(before);
    }
  }

  /** What {@code penstock serve} does, but for signals. */
  private int serve(ServeCommand.Order order, PrintWriter err) throws Exception {
    Preflight preflight = Checks.beforeServing(order.config(), order.file()).preflight();
    assertThat(preflight.remarks()).isEmpty();
    try (PenstockService service =
        PenstockService.start(order.loaded(), new RereadConfig(order.option(), err))) {
      toStop.await();
      assertThat(service.fatalReason()).isEmpty();
    }
    return 0;
  }

  private boolean isReady() throws AssertionError {
    served.stream().filter(Future::isDone).forEach(ReadersMachine::failed);
    try {
      return ask("http://127.0.0.1:" + adminPort + "/health/ready", "").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static void failed(Future<Integer> served) {
    try {
      throw new AssertionError("the service ended with " + served.get());
    } catch (Exception e) {
      throw new AssertionError("the service failed", e);
    }
  }

  private Result curl(List<String> arguments) throws IOException {
    int data = arguments.indexOf("-d");
    HttpResponse<String> answer =
        ask(arguments.get(arguments.size() - 1), data < 0 ? "" : arguments.get(data + 1));
    return new Result(answer.statusCode() == 200 ? 0 : 22, answer.body(), "");
  }

  private static HttpResponse<String> ask(String url, String body) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    if (!body.isEmpty()) {
      request.POST(HttpRequest.BodyPublishers.ofString(body));
    }
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends what it is given, or shows a topic up to its end, where the real one would wait. */
  private Result kcat(List<String> arguments, String input) {
    assertThat(after(arguments, "-b")).isEqualTo(bench.stack().bootstrapServers());
    String topic = after(arguments, "-t");
    if (arguments.contains("-P")) {
      input.lines().forEach(line -> bench.send(new ProducerRecord<>(topic, line.getBytes(UTF_8))));
      return new Result(0, "", "");
    }
    try (CommittedRecords records = new CommittedRecords(bench.stack().bootstrapServers())) {
      return new Result(
          0,
          records.list(topic).stream()
              .map(record -> new String(record.value(), UTF_8))
              .collect(Collectors.joining("\n")),
          "");
    }
  }

  private static String after(List<String> arguments, String option) {
    return arguments.get(arguments.indexOf(option) + 1);
  }

  private static Result copy(List<String> arguments) throws IOException {
    assertThat(arguments).hasSize(3).startsWith("-r");
    Path from = Path.of(arguments.get(1));
    Path to = Path.of(arguments.get(2));
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return new Result(0, "", "");
  }

  /** Stops what it serves. */
  @Override
  public void close() throws Exception {
    toStop.countDown();
    for (Future<Integer> each : served) {
      assertThat(each.get()).isZero();
    }
    background.shutdown();
  }
}
