/**
 * What is served: models with the records that they are fed, framed Avro written by Avro's own
 * writer.
 */
@NullMarked
package io.penstock.benchmarks.data;

import org.jspecify.annotations.NullMarked;
