package io.penstock.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.cli.PenstockMain;
import io.penstock.demo.live.PlainScreen;
import io.penstock.demo.live.Screen;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo from end to end, on a real broker and registry, with a service that is a fake. */
final class DemoIT {

  private static final Settings SHORT = new Settings(Duration.ofSeconds(10), 500, false, false);

  @TempDir private Path folder;

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final Screen screen =
      new PlainScreen(new PrintStream(shown, true, StandardCharsets.UTF_8));

  @AfterEach
  void unlinkTheExamples() throws Exception {
    Files.delete(folder.resolve("examples"));
  }

  @Test
  void shouldPlayAndCheck() throws Exception {
    // given
    Checkout checkout = checkout(List.of());
    List<Summary> summaries = new ArrayList<>();

    // when
    new Demo(checkout, SHORT, screen).run(summaries::add);

    // then
    assertThat(summaries).hasSize(1);
    Summary summary = summaries.get(0);
    assertThat(summary.problems()).as("%s", shown.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(summary.isGood()).isTrue();
    assertThat(summary.verdict().inputs()).isGreaterThan(3_000);
    assertThat(summary.verdict().accuracy())
        .hasEntrySatisfying(1L, accuracy -> assertThat(accuracy.share()).isBetween(0.85, 0.9))
        .hasEntrySatisfying(2L, accuracy -> assertThat(accuracy.share()).isEqualTo(1));
    assertThat(summary.verdict().cutovers()).hasSize(4);
    assertThat(shown.toString(StandardCharsets.UTF_8))
        .contains("Promoting it: {\"promote\":{\"model\":\"digits\",\"version\":2}}")
        .contains("batch 4.5");
  }

  @Test
  void shouldShowTheEndOfTheLogOfAServiceThatEnds() throws Exception {
    // given
    Checkout checkout = checkout(List.of("fault"));

    // when
    Demo demo = new Demo(checkout, SHORT, screen);

    // then
    assertThatThrownBy(() -> demo.run(summary -> {}))
        .isInstanceOf(DemoException.class)
        .hasMessageContaining("exit code 3")
        .hasMessageContaining("the fault of the fake");
  }

  /** A checkout whose distribution is a jar with the fake, which finds the rest where we do. */
  private Checkout checkout(List<String> resources) throws Exception {
    Path lib = Files.createDirectories(folder.resolve("streams-app/target/penstock/lib"));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" ")));
    String main = PenstockMain.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream jar =
            new JarOutputStream(Files.newOutputStream(lib.resolve("fake.jar")), manifest);
        InputStream fake = PenstockMain.class.getResourceAsStream("/" + main)) {
      jar.putNextEntry(new ZipEntry(main));
      fake.transferTo(jar);
      for (String resource : resources) {
        jar.putNextEntry(new ZipEntry(resource));
      }
    }
    Files.createSymbolicLink(
        folder.resolve("examples"), Path.of("../examples").toAbsolutePath().normalize());
    return new Checkout(folder);
  }
}
