/**
 * Random plans of faults against a fleet of services, and a count of what became of every record.
 *
 * <p>{@link io.penstock.chaos.Plan} is drawn from a seed; {@link io.penstock.chaos.PlanRun} carries
 * it out on a {@link io.penstock.chaos.Fleet} of processes under {@link
 * io.penstock.chaos.MixedLoad}; {@link io.penstock.chaos.Findings} is what was counted. The faults
 * inside a service are armed over HTTP: see {@code io.penstock.faults}.
 */
package io.penstock.chaos;
