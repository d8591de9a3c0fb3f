/**
 * Clients that ask a service for predictions over its request APIs, each again as soon as it is
 * answered, and how long their answers take. A {@link io.penstock.benchmarks.requests.RequestFlood}
 * asks by a {@link io.penstock.benchmarks.requests.RequestClient}.
 */
@NullMarked
package io.penstock.benchmarks.requests;

import org.jspecify.annotations.NullMarked;
