/**
 * Where models come from.
 *
 * <p>A {@code ModelSource} is scanned again and again, and each {@code SourceReport} names the
 * {@code AspiredVersion}s that are complete and those that are not yet. It knows nothing of what
 * becomes of them. The directory is the source that comes with Penstock (package {@code
 * directory}); others implement the interface.
 */
@NullMarked
package io.penstock.model.source;

import org.jspecify.annotations.NullMarked;
