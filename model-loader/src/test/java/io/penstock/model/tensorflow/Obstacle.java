package io.penstock.model.tensorflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A way to have a version whose files cannot be taken up, and what it is said to wait for. */
enum Obstacle {
  NO_GRAPH("saved_model.pb is missing") {
    @Override
    void apply(Path version) throws IOException {
      Files.delete(version.resolve(Breakage.GRAPH));
    }
  },
  A_DIRECTORY_FOR_THE_GRAPH("saved_model.pb is missing") {
    @Override
    void apply(Path version) throws IOException {
      Files.delete(version.resolve(Breakage.GRAPH));
      Files.createDirectory(version.resolve(Breakage.GRAPH));
    }
  },
  A_LINK_TO_NOWHERE_FOR_THE_GRAPH("it could not be read: ") {
    @Override
    void apply(Path version) throws IOException {
      Files.delete(version.resolve(Breakage.GRAPH));
      Files.createSymbolicLink(version.resolve(Breakage.GRAPH), Path.of("nowhere.pb"));
    }
  },
  A_LINK_TO_ITSELF_FOR_THE_SHARD("it could not be read: ") {
    @Override
    void apply(Path version) throws IOException {
      Files.delete(version.resolve(Breakage.SHARD));
      Files.createSymbolicLink(
          version.resolve(Breakage.SHARD), version.resolve(Breakage.SHARD).getFileName());
    }
  },
  A_DIRECTORY_FOR_THE_INDEX("variables/variables.index is missing") {
    @Override
    void apply(Path version) throws IOException {
      Files.delete(version.resolve(Breakage.INDEX));
      Files.createDirectory(version.resolve(Breakage.INDEX));
    }
  },
  HALF_OF_ITS_SHARDS("variables/variables.data-00001-of-00002 is missing") {
    @Override
    void apply(Path version) throws IOException {
      Files.move(
          version.resolve(Breakage.SHARD),
          version.resolve("variables/variables.data-00000-of-00002"));
    }
  },
  A_FILE_OUT_OF_THE_BASE_PATH("out of base path") {
    @Override
    void apply(Path version) throws IOException {
      Files.delete(version.resolve(Breakage.GRAPH));
      Files.createSymbolicLink(
          version.resolve(Breakage.GRAPH),
          BrokenModelIT.GOOD.resolve(Breakage.GRAPH).toAbsolutePath());
    }
  };

  private final String reason;

  Obstacle(String reason) {
    this.reason = reason;
  }

  /** What it is said to wait for, in part. */
  String reason() {
    return reason;
  }

  abstract void apply(Path version) throws IOException;
}
