/**
 * Records that are serialized {@code tf.Example}s (tensorflow/core/example/example.proto). A
 * signature that takes one string, as Classify, Regress and parsing signatures do, gets them as
 * they are, after an {@code ExampleWalk} has passed over them: one that TensorFlow cannot parse
 * fails its whole batch. Any other gets their features, by name.
 */
@NullMarked
package io.penstock.codec.example;

import org.jspecify.annotations.NullMarked;
