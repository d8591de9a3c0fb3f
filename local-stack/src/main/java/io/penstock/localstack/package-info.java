/**
 * A real Kafka broker and a real schema registry on this machine, for the quick start, tests and
 * benchmarks; never on the service's production class path.
 *
 * <p>{@link io.penstock.localstack.LocalStack} is both: {@link io.penstock.localstack.LocalKafka}
 * runs a broker and controller (KRaft) inside this process, {@link
 * io.penstock.localstack.LocalRegistry} runs Apicurio Registry in a process of its own. Everything
 * listens on loopback, on free ports, and is gone when the stack closes, or when its process ends
 * in whatever way. {@link io.penstock.localstack.LocalStackMain} runs a stack by itself.
 */
@NullMarked
package io.penstock.localstack;

import org.jspecify.annotations.NullMarked;
