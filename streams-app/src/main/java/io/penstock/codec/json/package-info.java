/**
 * JSON in and out, as TensorFlow Serving's REST API has it in its row format. In: {@link
 * io.penstock.codec.json.JsonInputFormat} makes a decoder per stream thread, which reads with a
 * {@link io.penstock.codec.json.row.JsonRowReader} straight into a batch's flat columns. Out:
 * {@link io.penstock.codec.json.JsonOutputFormat} writes one object per prediction.
 */
@NullMarked
package io.penstock.codec.json;

import org.jspecify.annotations.NullMarked;
