/**
 * The request door: rows that somebody asks predictions for, beside the rows of streams.
 *
 * <p>A {@link io.penstock.requests.RequestDoor} stands before one model. It finds the version that
 * a {@link io.penstock.requests.ModelSpec} means, has the request decoded into {@link
 * io.penstock.requests.RequestRows}, and refuses at once what it has no room for: whatever is made
 * of a request is taken of its {@link io.penstock.requests.RequestRoom} first. A {@code
 * RequestThread} gathers the rows of all requests in a {@link io.penstock.batching.Batcher} of its
 * own, as a stream thread does for its pipeline, and answers each request as a whole. Requests
 * share versions and inference threads with the streams, never a batch, and no budget. Which
 * protocol they come by is not known here.
 */
@NullMarked
package io.penstock.requests;

import org.jspecify.annotations.NullMarked;
