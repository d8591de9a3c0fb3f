/**
 * Where a model's versions come from. A {@code ModelSource} reports which versions it aspires to
 * have served, TensorFlow Serving's word for it; it loads nothing and decides nothing.
 *
 * <p>The walk: {@code DirectorySource} lists a base path; {@code VersionFiles} is what one
 * version's directory holds and what it lacks; {@code SettledVersions} compares it with what was
 * seen before, because a copy that is still going on must not be loaded; {@code SourceReport} says
 * the result.
 */
@NullMarked
package io.penstock.model.source;

import org.jspecify.annotations.NullMarked;
