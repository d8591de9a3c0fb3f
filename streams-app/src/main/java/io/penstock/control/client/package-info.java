/**
 * A user's side of the control plane, over Kafka only: {@link
 * io.penstock.control.client.ControlClient} sends commands and hands out what reads their answers
 * ({@link io.penstock.control.client.AuditFeed}, {@link io.penstock.control.client.Answer}) and how
 * the fleet stands ({@link io.penstock.control.client.FleetFeed}, {@link
 * io.penstock.control.client.FleetView}). No instance is asked; whoever may read and write the
 * control topics can do all of it.
 */
@NullMarked
package io.penstock.control.client;

import org.jspecify.annotations.NullMarked;
