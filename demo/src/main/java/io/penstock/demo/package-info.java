/**
 * {@code penstock demo}: handwritten digits flow through a real broker into the service and back, a
 * better version is promoted half way, and what came out is checked against what went in.
 *
 * <p>The walk: {@link io.penstock.demo.DemoCommand} is the command line; {@code Demo} sets the
 * stage (package {@code localstack}: broker and registry; {@code service}: the service); {@code
 * Play} is the course of events (package {@code digits} sends, {@code live} watches); package
 * {@code check} judges, and {@code Summary} says it.
 */
@NullMarked
package io.penstock.demo;

import org.jspecify.annotations.NullMarked;
