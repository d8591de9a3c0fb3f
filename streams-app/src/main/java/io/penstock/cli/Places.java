package io.penstock.cli;

import java.util.ArrayList;
import java.util.List;

/** Places in a topic, of which there may be any number: all are counted, the first are named. */
final class Places {

  private static final int MOST_NAMED = 10;

  private final List<String> named = new ArrayList<>();
  private int count;

  void add(String place) {
    count++;
    if (named.size() < MOST_NAMED) {
      named.add(place);
    }
  }

  int count() {
    return count;
  }

  @Override
  public String toString() {
    return count + ": " + String.join(", ", named) + (count > named.size() ? ", …" : "");
  }
}
