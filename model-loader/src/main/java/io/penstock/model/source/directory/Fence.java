package io.penstock.model.source.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How far symbolic links may lead.
 *
 * @param basePath the base path, without links
 * @param links which of them are followed
 */
record Fence(Path basePath, Links links) {

  /** A link that must not be followed; the message says which, and what to do. */
  static final class StrayLinkException extends IOException {

    private static final long serialVersionUID = 1L;

    private StrayLinkException(String message) {
      super(message);
    }
  }

  /** Where a path really leads, if it may lead there. */
  Path follow(Path path) throws IOException {
    Path real = path.toRealPath();
    if (links == Links.INSIDE && !real.startsWith(basePath)) {
      throw new StrayLinkException(
          "the link %s leads to %s, out of base path %s (expected: inside it, or follow-links: anywhere)"
              .formatted(path, real, basePath));
    }
    return real;
  }

  /** Checks where a path leads if it is a link. */
  void check(Path path) throws IOException {
    if (links == Links.INSIDE && Files.isSymbolicLink(path)) {
      follow(path);
    }
  }
}
