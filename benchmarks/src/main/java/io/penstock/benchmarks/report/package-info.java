/** What comes of it: samples, medians, limits with verdicts, tables, plots and a file of JSON. */
@NullMarked
package io.penstock.benchmarks.report;

import org.jspecify.annotations.NullMarked;
