/**
 * The broker and the topics that a configuration needs.
 *
 * <p>{@link io.penstock.check.topic.Cluster} is the edge to Kafka; what it finds of each {@link
 * io.penstock.check.topic.PlannedTopic} is judged by {@link io.penstock.check.topic.TopicRules},
 * which does no I/O.
 */
@NullMarked
package io.penstock.check.topic;

import org.jspecify.annotations.NullMarked;
