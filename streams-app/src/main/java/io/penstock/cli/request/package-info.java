/**
 * The command that asks a running service for predictions, over REST: {@link
 * io.penstock.cli.request.PredictCommand} reads rows with {@code RowsInput} and sends them with
 * {@code ServiceClient}.
 */
@NullMarked
package io.penstock.cli.request;

import org.jspecify.annotations.NullMarked;
