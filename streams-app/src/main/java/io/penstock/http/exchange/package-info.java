/**
 * The way of a request for predictions through HTTP, whatever the protocol: an {@link
 * io.penstock.http.exchange.Exchange} reads its body as far as there is room for it, hands what a
 * protocol makes of it (a {@link io.penstock.http.exchange.Question}) to the model's door, and has
 * the answer written ({@code AnswerWriter}) as its reader takes it. {@link
 * io.penstock.http.exchange.TensorReader} reads tensors of JSON.
 */
@NullMarked
package io.penstock.http.exchange;

import org.jspecify.annotations.NullMarked;
