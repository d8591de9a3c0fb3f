/**
 * The control plane over Kafka: who decides, and how what is said gets from one to the other.
 *
 * <p>{@link io.penstock.control.kafka.ControlPlane} is the entry. It runs four threads: the
 * <em>control thread</em>, which owns the {@link io.penstock.control.Participant}; the
 * <em>staleness</em> thread, which looks at the clock however busy that one is; the
 * <em>decisions</em> thread ({@link io.penstock.control.kafka.DecisionsSession}), which tails the
 * decisions from their beginning and passes them to it; the <em>controller</em> thread ({@link
 * io.penstock.control.kafka.ControllerSession}), a member of the group that owns the control topic.
 * While it owns the partition it serves a {@link io.penstock.control.kafka.ControllerTerm}.
 *
 * <p>Any error ends a session: its clients are closed and, after a back-off, another one starts
 * from what is in Kafka ({@link io.penstock.control.kafka.RestartingLoop}). So there is one way to
 * recover, and it is the way to start.
 */
@NullMarked
package io.penstock.control.kafka;

import org.jspecify.annotations.NullMarked;
