/** What the hot paths allocate, by count. */
@NullMarked
package io.penstock.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
