/**
 * The only package that touches Kafka Streams' internals: a call before each commit, and forwarding
 * a record under the context of another.
 *
 * <p><b>Why internals.</b> Rows that wait in a batch must be computed and forwarded <em>before</em>
 * Streams gathers the offsets to commit. No public hook runs then: {@code StateStore.commit()} runs
 * after the offsets are written (under {@code exactly_once_v2} not at all while running), and
 * {@code Processor.close()} is too late as well. What does run, on the stream thread, before the
 * producer's flush and before the offsets are read, on every commit, revocation and clean close, is
 * {@code CachedStateStore.flushCache()}, by way of {@code StreamTask.prepareCommit → flush →
 * ProcessorStateManager.flushCache}.
 *
 * <p>Held against kafka-streams 4.3.1, and to be proven again by the chaos plans at every upgrade.
 */
@NullMarked
package io.penstock.precommit;

import org.jspecify.annotations.NullMarked;
