/**
 * Which version serves which record, told after the fact: {@link
 * io.penstock.replay.timeline.Timeline} puts a pipeline's cutovers together, and {@link
 * io.penstock.replay.timeline.VersionPlan} is what a replay makes of it for the {@linkplain
 * io.penstock.replay.timeline.PartitionRange ranges} that it computes once more. Knows no Kafka.
 */
@NullMarked
package io.penstock.replay.timeline;

import org.jspecify.annotations.NullMarked;
