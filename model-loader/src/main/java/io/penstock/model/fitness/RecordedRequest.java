package io.penstock.model.fitness;

import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;

/**
 * A batch as somebody once sent it.
 *
 * @param signature a signature of the version that came with it
 * @param inputs one column for each input of the signature
 * @param rows rows of the batch, 1 or more
 */
public record RecordedRequest(ModelSignature signature, Rows inputs, int rows) {}
