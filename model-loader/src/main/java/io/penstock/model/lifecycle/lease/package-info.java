/**
 * Who may run batches on a loaded version, and since when.
 *
 * <p>{@code Leases} count what is out, so that a version is closed when, and only when, its last
 * lease is back. They remember who holds each ({@code HeldLease}), because one that never comes
 * back keeps its version's memory.
 */
@NullMarked
package io.penstock.model.lifecycle.lease;

import org.jspecify.annotations.NullMarked;
