package io.penstock.pipeline;

import io.penstock.model.ServableId;

/** A version took longer than a commit can wait. */
public final class ModelUnresponsiveException extends ModelFailedException {

  private static final long serialVersionUID = 1L;

  ModelUnresponsiveException(ServableId version, String message) {
    super(version, message, null);
  }
}
