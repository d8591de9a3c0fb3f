/** What the demo shows while it runs: outcomes counted as they arrive, on a screen or as lines. */
@NullMarked
package io.penstock.demo.live;

import org.jspecify.annotations.NullMarked;
