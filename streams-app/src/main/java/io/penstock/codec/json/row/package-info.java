/**
 * JSON into flat columns. {@link io.penstock.codec.json.row.JsonRowReader} is the way in: compiled
 * from a mapping, it walks a record's text once. An {@code ObjectReader} knows the fields that are
 * needed, a {@code RowReader} the arrays of one input, an {@code ElementReader} one dtype. All of
 * them move one {@code JsonCursor}, which is where bytes are not trusted, and numbers are a {@code
 * JsonNumber}.
 */
@NullMarked
package io.penstock.codec.json.row;

import org.jspecify.annotations.NullMarked;
