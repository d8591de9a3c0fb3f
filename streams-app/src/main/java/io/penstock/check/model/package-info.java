/**
 * The models on disk: whether there are versions, and whether pipelines can serve them. Everything
 * is judged from the files alone; nothing is loaded.
 *
 * <p>The walk: {@link io.penstock.check.model.ModelFolder} lists a model's versions and inspects
 * each once; {@link io.penstock.check.model.CheckedPipeline} is a pipeline with its model's folder,
 * judged by {@link io.penstock.check.model.SignatureCheck} and then by {@link
 * io.penstock.check.model.MappingCheck}.
 */
@NullMarked
package io.penstock.check.model;

import org.jspecify.annotations.NullMarked;
