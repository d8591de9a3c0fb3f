package io.penstock.model.source.directory;

/** Which symbolic links below a base path are followed. */
public enum Links {
  /**
   * Those that lead to something below the base path, such as those of a Kubernetes volume, which
   * swaps {@code ..data}. The base path itself may be a link in any case.
   */
  INSIDE,
  /** All of them: whoever may write to the base path may have any file of this machine read. */
  ANYWHERE
}
