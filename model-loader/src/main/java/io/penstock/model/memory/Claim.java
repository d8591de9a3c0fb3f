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
  private boolean loading = true;

  Claim(NativeMemory memory, ServableId id, long fileBytes) {
    this.memory = memory;
    this.id = id;
    this.fileBytes = fileBytes;
  }

  ServableId id() {
    return id;
  }

  long fileBytes() {
    return fileBytes;
  }

  /** Ends its load; false if that has ended before. */
  boolean endLoad() {
    boolean was = loading;
    loading = false;
    return was;
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
