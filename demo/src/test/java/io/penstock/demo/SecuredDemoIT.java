package io.penstock.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.demo.live.PlainScreen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The whole demo with the real service, on a broker that allows what has to be. */
final class SecuredDemoIT {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void shouldPlayOnASecuredBroker() {
    assumeTrue(
        Files.isDirectory(ROOT.resolve("streams-app/target/penstock/lib")),
        "streams-app is not packaged, as it is in a build of everything");
    Settings shortAndSecured = new Settings(Duration.ofSeconds(10), 200, true, false);
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    PlainScreen screen = new PlainScreen(new PrintStream(shown, true, StandardCharsets.UTF_8));
    List<Summary> summaries = new ArrayList<>();

    new Demo(new Checkout(ROOT), shortAndSecured, screen).run(summaries::add);

    String text = shown.toString(StandardCharsets.UTF_8);
    assertThat(summaries).as(text).hasSize(1);
    assertThat(summaries.get(0).problems()).as(text).isEmpty();
    assertThat(summaries.get(0).verdict().cutovers()).hasSize(4);
    assertThat(summaries.get(0).isGood()).as(text).isTrue();
    assertThat(text).containsPattern("Allowing User:demo-instance .* [1-9][0-9] access control");
  }
}
