/**
 * What must hold around a service before it can serve, and how to mend what does not.
 *
 * <p>The walk: {@link io.penstock.check.Checks} lists the {@link io.penstock.check.Check}s of a
 * configuration; each gives {@link io.penstock.check.Verdict}s. {@link io.penstock.check.Cluster}
 * is the edge to Kafka; what it finds is judged by {@link io.penstock.check.TopicRules}, which does
 * no I/O.
 */
@NullMarked
package io.penstock.check;

import org.jspecify.annotations.NullMarked;
