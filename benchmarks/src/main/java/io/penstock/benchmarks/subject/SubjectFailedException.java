package io.penstock.benchmarks.subject;

/** What is measured ended, or did not do in time what it was to do; with the end of its log. */
public final class SubjectFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SubjectFailedException(String message, Subject subject) {
    super(message + System.lineSeparator() + subject.lastLog());
  }
}
