package io.penstock.control.kafka;

/** The control plane cannot work as the cluster is set up; an operator must act. */
public final class ControlPlaneException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ControlPlaneException(String message) {
    super(message);
  }

  public ControlPlaneException(String message, Throwable cause) {
    super(message, cause);
  }
}
