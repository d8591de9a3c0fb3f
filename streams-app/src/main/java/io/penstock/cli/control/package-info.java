/**
 * The commands about a running fleet, over Kafka only. Those that change something are a {@link
 * io.penstock.cli.control.Order} that sends one command and waits for its answer; {@code status},
 * {@code history} and {@code watch} read. {@link io.penstock.cli.control.ControlCommands} puts them
 * together.
 */
@NullMarked
package io.penstock.cli.control;

import org.jspecify.annotations.NullMarked;
