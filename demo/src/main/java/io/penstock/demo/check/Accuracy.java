package io.penstock.demo.check;

/** How many answers of a version were right. */
public record Accuracy(long right, long all) {

  /** Of no answers yet. */
  public static final Accuracy NONE = new Accuracy(0, 0);

  /** With one more answer. */
  public Accuracy plus(boolean isRight) {
    return new Accuracy(right + (isRight ? 1 : 0), all + 1);
  }

  /** The share of right answers, 0 to 1; NaN of none. */
  public double share() {
    return (double) right / all;
  }
}
