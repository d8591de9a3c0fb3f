/** What is measured: a service or a peer, each in processes of its own. */
@NullMarked
package io.penstock.benchmarks.subject;

import org.jspecify.annotations.NullMarked;
