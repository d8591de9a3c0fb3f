/**
 * The one package that knows TensorFlow: loads SavedModels and runs batches on them.
 *
 * <p>The walk: {@code SavedModelLoader} opens a directory ({@code LoadFailure} says why it cannot),
 * reads the signatures ({@code SignatureReader}) and binds each to the graph ({@code
 * BoundSignature}). {@code SavedModelVersion} runs a batch: check, build input tensors, run, read
 * output tensors, with {@code TensorCopy} moving the bytes. {@code SavedModelInspector} reads the
 * signatures only, from the {@code GraphFile}, and loads nothing.
 *
 * <p>Tensors and their views never leave a method: a view does not keep its tensor alive, so that
 * reading one too late gives wrong numbers or ends the process.
 */
@NullMarked
package io.penstock.model.tensorflow;

import org.jspecify.annotations.NullMarked;
