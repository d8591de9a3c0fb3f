/**
 * The one package that knows TensorFlow: loads SavedModels and runs batches on them.
 *
 * <p>The walk: {@code SavedModelLoader} decides by a directory's {@code GraphFile} how it is
 * opened, opens it as an {@code OpenModel} ({@code LoadFailure} says why it cannot), reads the
 * signatures ({@code SignatureReader}) and binds each to the graph ({@code BoundSignature}; {@code
 * BitCarriers} let dtypes through that TensorFlow Java has no tensors for). {@code
 * SavedModelVersion} runs a batch: check, build input tensors, run, read output tensors, with
 * {@code TensorCopy} moving the bytes. {@code SavedModelInspector} reads the signatures only, from
 * the {@code GraphFile}, and loads nothing.
 *
 * <p>Tensors and their views never leave a method: a view does not keep its tensor alive, so that
 * reading one too late gives wrong numbers or ends the process.
 */
@NullMarked
package io.penstock.model.tensorflow;

import org.jspecify.annotations.NullMarked;
