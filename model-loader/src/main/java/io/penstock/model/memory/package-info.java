/**
 * The native memory that models take, and whether one more fits.
 *
 * <p>The walk: before a version is loaded, {@code NativeMemory} makes an {@code Estimate} of what
 * it will take, by its files and by what earlier versions of the model took, and holds it against
 * the {@code MemoryLimit}s; a {@code Claim} books it until the version is closed.
 *
 * <p>Knows nothing of TensorFlow: what a load took is seen in the process's resident memory.
 */
@NullMarked
package io.penstock.model.memory;

import org.jspecify.annotations.NullMarked;
