/** Measurements with JMH: ratios within one run, since machines differ and are shared. */
@NullMarked
package io.penstock.benchmarks;

import org.jspecify.annotations.NullMarked;
