/**
 * What is done once more. With dead letters: {@link io.penstock.replay.DeadLetterTopic} reads a
 * pipeline's, {@link io.penstock.replay.LetterChoice} says which of them are meant, and {@link
 * io.penstock.replay.Resubmission} sends the records that they hold to the input topic again. With
 * a pipeline's whole input: {@link io.penstock.replay.timeline} tells by which versions, {@link
 * io.penstock.replay.run} computes it. Both write by {@link io.penstock.replay.Transactions}.
 */
@NullMarked
package io.penstock.replay;

import org.jspecify.annotations.NullMarked;
