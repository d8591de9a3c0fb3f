/**
 * Micro-batches: rows are gathered on the stream threads, handed to {@link
 * io.penstock.batching.Inference}, and read back on the stream threads.
 *
 * <p>Each stream thread owns one {@link Batcher}, and with it its open batches: no locks. A batch
 * goes OPEN (the stream thread fills it) → SEALED (an inference thread has it) → DONE or FAILED
 * (the stream thread reads it). The seal is the hand-over of all its fields, the completion is the
 * hand-back. Stream threads of a pipeline call each other to leave together ({@link
 * io.penstock.batching.departure}); nothing else crosses threads. Knows no Kafka.
 */
@NullMarked
package io.penstock.batching;

import org.jspecify.annotations.NullMarked;
