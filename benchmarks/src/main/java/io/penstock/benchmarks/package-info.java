/**
 * Measurements of Penstock. {@link io.penstock.benchmarks.BenchmarkCommand} runs end-to-end suites
 * against a broker of their own, and the hot paths in {@link io.penstock.benchmarks.micro} by JMH.
 * What counts are ratios within one run, since machines differ and are shared.
 */
@NullMarked
package io.penstock.benchmarks;

import org.jspecify.annotations.NullMarked;
