/**
 * The control plane's thinking, without Kafka and without threads: how a fleet of instances agrees
 * on one active version per model.
 *
 * <p>Two parts. One instance of the fleet is the {@link io.penstock.control.Controller}: a pure
 * function from what it knows (a {@link io.penstock.control.Fleet}: the decisions so far and who is
 * there) and a message to the next decisions. Every instance is a {@link
 * io.penstock.control.Participant}: it follows the decisions, makes its {@link
 * io.penstock.control.Instance} prepare, activate and abandon versions, reports how far it is, and
 * proposes versions ({@link io.penstock.control.Proposals}).
 *
 * <p>A promotion has two phases. The controller answers the command with PREPARE, whose epoch is
 * the command's offset; when every live instance of the model has reported READY for that epoch it
 * decides ACTIVE, and the instances flip. One FAILED, an abort, or the deadline: ABORTED, and
 * nothing has changed anywhere ({@link io.penstock.control.Verdict}). Nobody flips but on a
 * decision.
 *
 * <p>Package {@code kafka} carries all that over topics and decides who is the controller; package
 * {@code message} is the wire format.
 */
@NullMarked
package io.penstock.control;

import org.jspecify.annotations.NullMarked;
