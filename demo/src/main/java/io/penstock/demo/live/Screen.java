package io.penstock.demo.live;

import java.time.Duration;

/** Where the demo shows its progress. Thread-safe. */
public interface Screen extends AutoCloseable {

  /** Something that happened, to stay on the screen. */
  void event(String text);

  /** How often it is worth showing how things stand. */
  Duration interval();

  /** How things stand; replaces what was shown before where the screen can. */
  void show(Snapshot snapshot);

  /** Leaves what is shown where it is; what comes next stands below it. */
  void keep();

  /** Leaves the screen to others. */
  @Override
  void close();
}
