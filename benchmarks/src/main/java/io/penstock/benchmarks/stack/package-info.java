/**
 * A broker and a registry in a process of their own, their topics, and the records that suites load
 * into them.
 */
@NullMarked
package io.penstock.benchmarks.stack;

import org.jspecify.annotations.NullMarked;
