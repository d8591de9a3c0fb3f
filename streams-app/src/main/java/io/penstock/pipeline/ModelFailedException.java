package io.penstock.pipeline;

import io.penstock.model.ServableId;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;

/** A version failed a batch through no fault of its records. */
public class ModelFailedException extends StreamsException {

  private static final long serialVersionUID = 1L;

  private final transient ServableId version;

  /**
   * @param version the one to blame
   */
  public ModelFailedException(ServableId version, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.version = version;
  }

  /** The version to blame. */
  public final ServableId version() {
    return version;
  }
}
