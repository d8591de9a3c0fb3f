package io.penstock.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** "Did you mean": the name that is nearest to a misspelt one. */
public final class Suggestion {

  private Suggestion() {}

  /** The nearest name, if it is near enough to be meant. */
  private static Optional<String> nearest(String word, Collection<String> names) {
    return names.stream()
        .filter(name -> isNear(word, name))
        .min(Comparator.comparingInt((String n) -> distance(word, n)).thenComparing(n -> n));
  }

  /** An edit in three letters, or a name that was left off at a hyphen. */
  private static boolean isNear(String word, String name) {
    return name.startsWith(word + "-")
        || distance(word, name) <= Math.max(1, Math.min(word.length(), 12) / 3);
  }

  /** The end of a message: {@code ; did you mean path?}, or nothing. */
  public static String suffix(String word, Collection<String> names) {
    return nearest(word, names).map(name -> "; did you mean " + name + "?").orElse("");
  }

  /** Insertions, deletions, substitutions and swaps of neighbours that turn one into the other. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(a, b, i, j, cost);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int cheapest(String a, String b, int i, int j, int[][] cost) {
    int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int best = Math.min(cost[i - 1][j - 1] + change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}
