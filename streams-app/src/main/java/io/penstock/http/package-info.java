/**
 * The admin HTTP server: what an orchestrator and an operator ask a running service. {@link
 * io.penstock.http.HealthReport} and {@link io.penstock.http.ServiceStatus} are what the service
 * says about itself; {@link io.penstock.http.AdminServer} puts it on the wire, and {@code
 * openapi.yaml} beside it says how.
 */
@NullMarked
package io.penstock.http;

import org.jspecify.annotations.NullMarked;
