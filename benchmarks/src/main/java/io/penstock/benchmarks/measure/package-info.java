/**
 * How it is measured: from outside, by the offsets of output topics and by what Linux accounts for
 * processes.
 */
@NullMarked
package io.penstock.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
