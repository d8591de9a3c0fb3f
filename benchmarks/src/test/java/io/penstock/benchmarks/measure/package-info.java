@NullMarked
package io.penstock.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
