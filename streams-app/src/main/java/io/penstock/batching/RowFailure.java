package io.penstock.batching;

import io.penstock.codec.DeadLetterReason;

/** Why one row has no prediction: it becomes a dead letter, its neighbours do not. */
public record RowFailure(DeadLetterReason reason, String message) {}
