package io.penstock.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.Penstock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Where programs of other makers' clients run, beside what was fetched for them: by Maven before
 * the tests, and by npm.
 *
 * @param path the programs are run there
 * @param logs for what they say
 */
record ClientFolder(Path path, Path logs) {

  private static final Path MODULE = Penstock.root().resolve("streams-app");
  private static final int LIMIT_MINUTES = 4;

  /** Where Maven puts what it fetches. */
  static Path fetched() {
    return MODULE.resolve("target/clients");
  }

  /** The programs, as they are in the checkout. */
  static Path programs() {
    return MODULE.resolve("src/test/clients");
  }

  /** A folder with a program of JavaScript, and the packages that its lock file names. */
  static ClientFolder withPackages(String folder, String program, Path logs)
      throws IOException, InterruptedException {
    Path target = Files.createDirectories(fetched().resolve(folder));
    for (String file : List.of("package.json", "package-lock.json", program)) {
      Files.copy(
          programs().resolve(folder).resolve(file),
          target.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
    ClientFolder made = new ClientFolder(target, logs);
    made.run(List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"), "", "npm");
    return made;
  }

  /** Runs a program; gives what it says on standard output, by lines. */
  List<String> run(List<String> command, String input, String name)
      throws IOException, InterruptedException {
    Path in = Files.writeString(logs.resolve(name + ".in"), input);
    Path out = logs.resolve(name + ".out");
    Path log = logs.resolve(name + ".err");
    Process process =
        new ProcessBuilder(command)
            .directory(path.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(log.toFile())
            .start();
    boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
    process.destroyForcibly();
    assertThat(ended && process.exitValue() == 0)
        .as("%s ends with 0:%n%s%n%s", command, Files.readString(out), Files.readString(log))
        .isTrue();
    return Files.readAllLines(out, UTF_8);
  }
}
