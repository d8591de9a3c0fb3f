/**
 * What becomes of a model's versions: loaded, warmed up, served, drained, closed.
 *
 * <p>The walk: a {@code ModelRuntime} owns the threads of one model. What its source reports and
 * what its callers retain come together in {@code ModelVersions}, which asks the pure {@code
 * AvailabilityPreservingPolicy} what to do next. A {@code ModelLoader} loads; {@code WarmUp} proves
 * that what it loaded can serve; {@code Leases} make sure that nothing in use is closed. Every step
 * of a version is a {@code VersionStatus} that listeners see, in order.
 *
 * <p>TensorFlow is known here by {@code ModelLoader} and {@code LoadedModel} alone.
 */
@NullMarked
package io.penstock.model.lifecycle;

import org.jspecify.annotations.NullMarked;
