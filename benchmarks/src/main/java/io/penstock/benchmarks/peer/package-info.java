/**
 * The peers that Penstock is held against, each a main class: what people write, and the bounds of
 * what anybody can reach.
 */
@NullMarked
package io.penstock.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
