package io.penstock.faults;

/** Where an outcome is forwarded from: a method on the stack. */
public enum ForwardPath {
  PROCESS(".PredictProcessor", "process"),
  POLL(".GuardedConsumer", "poll"),
  HOOK(".PredictProcessor", "beforeCommit");

  private final String type;
  private final String method;

  ForwardPath(String type, String method) {
    this.type = type;
    this.method = method;
  }

  boolean isCurrent() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    frame ->
                        frame.getClassName().endsWith(type)
                            && frame.getMethodName().equals(method)));
  }
}
