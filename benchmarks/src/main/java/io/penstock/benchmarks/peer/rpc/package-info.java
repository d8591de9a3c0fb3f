/**
 * A topology that calls a model server over HTTP, which is what Penstock does without, and the
 * server.
 */
@NullMarked
package io.penstock.benchmarks.peer.rpc;

import org.jspecify.annotations.NullMarked;
