package io.penstock.model.source.directory;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the operating system says about new names in a few directories. Hints only: events are lost
 * on network file systems, in mounts of containers and when links are swapped, so that whoever
 * listens also polls. Without any where the system has none to give. Not thread-safe.
 */
final class DirectoryEvents implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryEvents.class);

  private final @Nullable WatchService service;
  private final Map<Path, WatchKey> keys = new HashMap<>();

  private DirectoryEvents(@Nullable WatchService service) {
    this.service = service;
  }

  /** Events of the default file system, for that model. */
  static DirectoryEvents open(String model) {
    try {
      return new DirectoryEvents(FileSystems.getDefault().newWatchService());
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn(
          "Servable {}: no file events ({}), so new versions are found by polling alone. On Linux,"
              + " raise fs.inotify.max_user_instances to have them.",
          model,
          e.toString());
      return new DirectoryEvents(null);
    }
  }

  /** Listens to these directories and to no others. One that cannot be listened to is left out. */
  void listenTo(Set<Path> directories) {
    if (service == null) {
      return;
    }
    keys.values().removeIf(key -> !key.isValid());
    keys.entrySet()
        .removeIf(
            entry -> {
              boolean obsolete = !directories.contains(entry.getKey());
              if (obsolete) {
                entry.getValue().cancel();
              }
              return obsolete;
            });
    for (Path directory : directories) {
      if (!keys.containsKey(directory)) {
        register(directory, service);
      }
    }
  }

  /** Whether there was an event since the last call. */
  boolean drain() {
    boolean any = false;
    try {
      for (WatchKey key = next(); key != null; key = next()) {
        // Which it was does not matter, so that an overflow does not either.
        any = true;
        key.pollEvents();
        key.reset();
      }
    } catch (ClosedWatchServiceException e) {
      return false;
    }
    return any;
  }

  private @Nullable WatchKey next() {
    return service == null ? null : service.poll();
  }

  private void register(Path directory, WatchService watched) {
    try {
      // New names, as a copy makes them, and not every byte that is written to a file.
      keys.put(directory, directory.register(watched, StandardWatchEventKinds.ENTRY_CREATE));
    } catch (IOException e) {
      LOG.debug("No file events for {}.", directory, e);
    }
  }

  @Override
  public void close() {
    if (service == null) {
      return;
    }
    try {
      service.close();
    } catch (IOException e) {
      LOG.debug("File events did not close cleanly.", e);
    }
  }
}
