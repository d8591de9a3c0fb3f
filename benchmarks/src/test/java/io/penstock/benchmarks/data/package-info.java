@NullMarked
package io.penstock.benchmarks.data;

import org.jspecify.annotations.NullMarked;
