/**
 * A pipeline's input, computed once more beside the fleet: {@link
 * io.penstock.replay.run.InputTopic} says which records {@linkplain io.penstock.replay.run.Bound
 * two bounds} mean, {@link io.penstock.replay.run.ReplayRun} reads them through a {@link
 * io.penstock.pipeline.ReplayProcessor}, and {@link io.penstock.replay.run.OutcomeTransactions}
 * writes what comes of them. One thread, no consumer group.
 */
@NullMarked
package io.penstock.replay.run;

import org.jspecify.annotations.NullMarked;
