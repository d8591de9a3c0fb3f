package io.penstock.demo.digits;

import java.util.List;

/**
 * A handwritten digit.
 *
 * @param label what it shows, 0 to 9
 * @param pixels 8 x 8, row by row, 0 to 1
 */
record Digit(String id, int label, List<Float> pixels) {

  Digit {
    pixels = List.copyOf(pixels);
  }
}
