/**
 * Running a pipeline: its {@code KafkaStreams}, the clients it uses, where it starts, and what
 * happens when one of its threads fails. One {@code KafkaStreams} per pipeline, so that pipelines
 * start, stop and fail alone.
 */
@NullMarked
package io.penstock.streams;

import org.jspecify.annotations.NullMarked;
