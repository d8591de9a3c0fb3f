/**
 * The check at the end of the demo: reads the topics again from their beginnings, as any
 * read_committed consumer sees them, and judges what came out by what went in. Shares no code with
 * the service and no counter with the live screen.
 */
@NullMarked
package io.penstock.demo.check;

import org.jspecify.annotations.NullMarked;
