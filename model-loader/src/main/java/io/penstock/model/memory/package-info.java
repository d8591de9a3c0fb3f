/**
 * The native memory that models take, and whether one more fits.
 *
 * <p>The walk: before a version is loaded, {@code NativeMemory} makes an {@code Estimate} of what
 * it will take, by its files and by what earlier versions of the model took, and holds it against
 * the {@code MemoryLimit}s; a {@code Claim} books it until the version is closed. Whoever meets a
 * {@code NoRoomException} is told when one that is on its way out has gone. What the process takes
 * beside is its {@code Surplus}. Then the {@code Residue} is watched: what versions leave behind
 * that should have come back.
 *
 * <p>Knows nothing of TensorFlow: what a load took, and what comes back, is seen in {@code
 * ProcessMemory}.
 */
@NullMarked
package io.penstock.model.memory;

import org.jspecify.annotations.NullMarked;
