/**
 * Adaptive batching: finds the rows and the linger of a pipeline's batches by itself.
 *
 * <p>What runs take is gathered in {@code RunSamples}, of which {@code RunCurve} is a snapshot: the
 * time of a run by its rows. What comes and what waits is judged by {@code Load}. {@code
 * BatchTuner} is a pure function from these to the next {@code Tuning}, and {@code Climb} its
 * search for the rows at which a row is cheapest. {@link io.penstock.batching.auto.AutoBatching} is
 * what other threads see: they tell it of runs and of load, and read its {@link
 * io.penstock.batching.plan.BatchTarget}, one volatile read.
 *
 * <p>Time comes with the calls, no threads are started: a pipeline's minutes are simulated in
 * milliseconds. Knows no Kafka and no TensorFlow.
 */
@NullMarked
package io.penstock.batching.auto;

import org.jspecify.annotations.NullMarked;
