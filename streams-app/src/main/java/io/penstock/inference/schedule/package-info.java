/**
 * Which batches run next, and together: {@link io.penstock.inference.schedule.RunQueue} takes
 * sealed batches and gives {@link io.penstock.inference.schedule.Run}s. Pure decisions over what
 * waits and what ran: no thread, no lock, no clock of its own.
 *
 * <p>A {@code PipelineQueue} holds what waits of one pipeline, and what it has been charged. {@code
 * RunTimes} is how long runs of a version take.
 */
@NullMarked
package io.penstock.inference.schedule;

import org.jspecify.annotations.NullMarked;
