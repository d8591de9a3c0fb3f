@NullMarked
package io.penstock.benchmarks.suite;

import org.jspecify.annotations.NullMarked;
