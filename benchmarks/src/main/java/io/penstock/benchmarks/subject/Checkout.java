package io.penstock.benchmarks.subject;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The checkout of Penstock that is measured, with the service built. */
public record Checkout(Path root) {

  /** Names the checkout; set by {@code benchmarks/run}. */
  public static final String PROPERTY = "penstock.root";

  public Checkout {
    root = root.toAbsolutePath().normalize();
  }

  /** The one that {@code benchmarks/run} was called in. */
  public static Checkout current() {
    return new Checkout(Path.of(System.getProperty(PROPERTY, "")));
  }

  /** The service's jars, as {@code java -cp} takes them. */
  public String serviceClassPath() {
    return root.resolve("streams-app/target/penstock/lib").resolve("*").toString();
  }

  /** The class path of this process, for peers and the broker. */
  public List<String> ownClassPath() {
    return List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1));
  }

  /** An example's folder. */
  public Path example(String name) {
    return root.resolve("examples").resolve(name);
  }

  /** Where the FFNN of the Crayfish benchmark lies beside a checkout, if somebody put it there. */
  public Path crayfish() {
    return root.resolveSibling("shared/testdata/crayfish/tf-savedmodel/model-1");
  }

  /** The commit, with {@code +} behind it when the working tree differs; empty without git. */
  public Optional<String> commit() {
    return git("rev-parse", "--short=12", "HEAD")
        .map(head -> git("status", "--porcelain").orElse("").isBlank() ? head : head + "+");
  }

  private Optional<String> git(String... arguments) {
    try {
      ProcessBuilder builder = new ProcessBuilder("git");
      builder.command().addAll(List.of(arguments));
      Process process =
          builder.directory(root.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0
          ? Optional.of(output.strip())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("Interrupted while asking git", e));
    }
  }
}
