package io.penstock.cli.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command against a server that answers as it is told. */
final class ReloadCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<String> asked = new ArrayList<>();
  private HttpServer server;
  private int status = 200;
  private String answer = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          byte[] body = answer.getBytes(UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void shouldPrintWhatItCameTo() {
    answer = "{\"outcome\": \"DONE\", \"summary\": \"reload: pipelines added=[b]\"}";

    assertThat(run()).isEqualTo(ExitCodes.OK);

    assertThat(asked).containsExactly("POST /reload");
    assertThat(out.toString().lines()).containsExactly("reload: pipelines added=[b]");
  }

  @Test
  void shouldPrintEachProblemOfOneThatIsRefused() {
    status = 422;
    answer = "{\"outcome\": \"REFUSED\", \"problems\": [\"one\", \"two\"]}";

    assertThat(run()).isEqualTo(ExitCodes.REFUSED);

    assertThat(err.toString().lines())
        .containsExactly("one", "two", "penstock: REFUSED, nothing has changed");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void shouldSayWhyItIsNotLetIn() {
    status = 403;
    answer = "{\"error\": \"a token is needed\"}";

    assertThat(run()).isEqualTo(ExitCodes.FAILURE);

    assertThat(err.toString().lines()).containsExactly("penstock: 403 a token is needed");
  }

  @Test
  void shouldPrintTheAnswerAsJson() {
    answer = "{\"outcome\": \"DONE\",\n \"problems\": []}";

    assertThat(run("--output", "json")).isEqualTo(ExitCodes.OK);

    assertThat(out.toString().lines()).containsExactly("{\"outcome\":\"DONE\",\"problems\":[]}");
  }

  private int run(String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.add("--url");
    arguments.add("http://127.0.0.1:" + server.getAddress().getPort());
    return new CommandLine(
            new ReloadCommand(
                new ConfigOption(Map.of()),
                new Terminal(new PrintWriter(out, true), new PrintWriter(err, true))))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(arguments.toArray(String[]::new));
  }
}
