/**
 * What becomes of a model's versions: loaded, warmed up, served, drained, closed.
 *
 * <p>The walk: a {@code ModelRuntime} owns the threads of one model. What its source reports (seen
 * by a {@code SourceWatch}) and what its callers retain come together in {@code ModelVersions}: a
 * {@code VersionPolicy} says which versions are wanted, a {@code Transition}, as pure, what is next
 * on the way there. Loading is the business of package {@code loading}; what brings no version is
 * told by the {@code LoadLog}, what is loaded is leased from the {@code LeasedVersions}, whose
 * {@code Leases} (package {@code lease}) make sure that nothing in use is closed. Every step of a
 * {@code Servable} is a {@code VersionStatus} that listeners see, in order.
 */
@NullMarked
package io.penstock.model.lifecycle;

import org.jspecify.annotations.NullMarked;
