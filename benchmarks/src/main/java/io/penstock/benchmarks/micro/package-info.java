/**
 * The hot paths one by one, for JMH: each a benchmark beside what people write in its stead, or
 * beside its bound. The same methods are called by the test that counts what they allocate, so a
 * path has one definition.
 *
 * <p>No broker and no TensorFlow: registry and model are the fakes here.
 */
@NullMarked
package io.penstock.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
