/**
 * How a version gets from its files to being fit to serve.
 *
 * <p>The walk: a {@code LoadThread} takes one of the process's {@code LoadSlots} and gives up on
 * what takes too long. On it a {@code FitLoader} has a version admitted (package {@code memory}),
 * loaded by a {@code ModelLoader} and proven (package {@code fitness}), on the {@code LoadTerms} of
 * its model: a {@code LoadedModel} becomes a {@code FitVersion}. What a load came to is {@code
 * Loaded}.
 *
 * <p>Knows nothing of other versions, of who wants one, or of TensorFlow, which is behind {@code
 * ModelLoader} and {@code LoadedModel}.
 */
@NullMarked
package io.penstock.model.loading;

import org.jspecify.annotations.NullMarked;
