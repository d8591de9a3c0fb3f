/**
 * What a loaded version has to show before it serves.
 *
 * <p>The walk: {@code Fitness} says what is asked of it. {@code WarmUp} runs the {@code
 * RecordedRequests} that came with it, else synthetic batches ({@code SyntheticRows}), at the sizes
 * that will be run, and tells in a {@code WarmUpReport} how long that took. {@code GoldenChecks}
 * compare what it computes with what its makers say it must compute, written as {@code JsonRows}.
 *
 * <p>Knows versions by what they can run alone: neither TensorFlow nor threads.
 */
@NullMarked
package io.penstock.model.fitness;

import org.jspecify.annotations.NullMarked;
