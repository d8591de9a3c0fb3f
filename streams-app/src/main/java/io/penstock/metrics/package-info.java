/**
 * What the service measures of itself, for Prometheus: {@link io.penstock.metrics.Metric} is the
 * list of it, {@link io.penstock.metrics.ServiceMeters} has the values, by Micrometer.
 *
 * <p>Whoever does the work counts in classes of its own, which know nothing of this package; here
 * these are read, or listened to, and given names.
 */
@NullMarked
package io.penstock.metrics;

import org.jspecify.annotations.NullMarked;
