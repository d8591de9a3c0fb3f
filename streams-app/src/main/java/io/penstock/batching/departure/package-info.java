/**
 * Leaving together: what the stream threads of a pipeline have gathered each for itself runs as if
 * one of them had gathered it all.
 *
 * <p>Each batcher is a {@link io.penstock.batching.departure.Companion} in its pipeline's {@link
 * io.penstock.batching.departure.Departures}. One whose batch has to leave calls the others to a
 * {@link io.penstock.batching.departure.Departure}; they seal theirs on their own threads, as soon
 * as they hear of it, and until then an inference thread holds the first one back, a millisecond or
 * a sixteenth of the time it has gathered at most. Open batches stay their threads' own: nothing
 * but counts and calls crosses threads here.
 */
@NullMarked
package io.penstock.batching.departure;

import org.jspecify.annotations.NullMarked;
