/**
 * How long a record takes through a subject: sent on schedule, whatever became of earlier ones, so
 * that a pause counts for every record that should have been sent meanwhile (no coordinated
 * omission), and timed from the moment it should have been sent to its outcome's arrival.
 */
@NullMarked
package io.penstock.benchmarks.latency;

import org.jspecify.annotations.NullMarked;
