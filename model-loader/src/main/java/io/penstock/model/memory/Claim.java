package io.penstock.model.memory;

import io.penstock.model.ServableId;

/**
 * Native memory that one version has been admitted with. Thread-safe: its own state is guarded by
 * the memory that it is of.
 */
public final class Claim implements AutoCloseable {

  private final NativeMemory memory;
  private final ServableId id;
  private final long fileBytes;
  private final long grownBefore;
  private boolean loading = true;
  private boolean leaving;

  Claim(NativeMemory memory, ServableId id, long fileBytes, long grownBefore) {
    this.memory = memory;
    this.id = id;
    this.fileBytes = fileBytes;
    this.grownBefore = grownBefore;
  }

  ServableId id() {
    return id;
  }

  long fileBytes() {
    return fileBytes;
  }

  /** What the process had grown by before. */
  long grownBefore() {
    return grownBefore;
  }

  /** Ends its load; false if that has ended before. */
  boolean endLoad() {
    boolean was = loading;
    loading = false;
    return was;
  }

  /** Whether its version is being closed. */
  boolean isLeaving() {
    return leaving;
  }

  void setLeaving() {
    leaving = true;
  }

  /** The version is not leased any more: what it takes comes back once it is drained and closed. */
  public void leaving() {
    memory.leaving(this);
  }

  /** The version is loaded and has been run: what it takes shows now. To be called once. */
  public void loaded() {
    memory.loaded(this);
  }

  /** Gives the memory back, whether the load succeeded or not. Idempotent. */
  @Override
  public void close() {
    memory.giveBack(this);
  }
}
