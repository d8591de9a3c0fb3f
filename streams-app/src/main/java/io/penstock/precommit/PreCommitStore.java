package io.penstock.precommit;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;

/**
 * A store that stores nothing: Streams calls it back before each commit because it claims to have a
 * cache to flush. Neither logged nor persistent. All calls on the stream thread.
 */
public final class PreCommitStore implements StateStore, CachedStateStore<Object, Object> {

  private final String name;
  private Runnable hook = () -> {};
  private boolean open;

  private PreCommitStore(String name) {
    this.name = name;
  }

  /** Builds one store per task under that name. */
  public static StoreBuilder<PreCommitStore> builder(String name) {
    return new Builder(name);
  }

  /** What runs before each commit of the task: set by the task's processor in {@code init}. */
  void onPreCommit(Runnable newHook) {
    hook = newHook;
  }

  @Override
  public void flushCache() {
    hook.run();
  }

  @Override
  public void clearCache() {}

  @Override
  public boolean setFlushListener(
      CacheFlushListener<Object, Object> listener, boolean sendOldValues) {
    return false;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    context.register(root, (key, value) -> {});
    open = true;
  }

  @Override
  public void commit(Map<TopicPartition, Long> changelogOffsets) {}

  @Override
  public void close() {
    open = false;
    hook = () -> {};
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  private record Builder(String name) implements StoreBuilder<PreCommitStore> {

    @Override
    public StoreBuilder<PreCommitStore> withCachingEnabled() {
      return this;
    }

    @Override
    public StoreBuilder<PreCommitStore> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<PreCommitStore> withLoggingEnabled(Map<String, String> config) {
      throw new UnsupportedOperationException(name + " holds nothing that could be logged");
    }

    @Override
    public StoreBuilder<PreCommitStore> withLoggingDisabled() {
      return this;
    }

    @Override
    public PreCommitStore build() {
      return new PreCommitStore(name);
    }

    @Override
    public Map<String, String> logConfig() {
      return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
      return false;
    }
  }
}
