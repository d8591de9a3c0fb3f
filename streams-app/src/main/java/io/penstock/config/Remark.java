package io.penstock.config;

/**
 * What there is to say about a key that Penstock passes on.
 *
 * @param text why the key is refused, or what a user should know
 * @param refuses whether it is refused
 */
public record Remark(String text, boolean refuses) {

  public static Remark refusal(String text) {
    return new Remark(text, true);
  }

  public static Remark warning(String text) {
    return new Remark(text, false);
  }
}
