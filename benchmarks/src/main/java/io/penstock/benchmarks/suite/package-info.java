/** The suites, one class each, and what runs their variants in turn. */
@NullMarked
package io.penstock.benchmarks.suite;

import org.jspecify.annotations.NullMarked;
