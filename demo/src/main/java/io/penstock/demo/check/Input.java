package io.penstock.demo.check;

import io.penstock.demo.wire.Coordinates;

/**
 * A record that went in.
 *
 * @param label what the digit shows
 */
record Input(Coordinates at, String key, long label) {}
