/**
 * Which formats there are, and how a configuration chooses among them: {@link
 * io.penstock.codec.catalog.FormatCatalog} has them by name, {@link
 * io.penstock.codec.catalog.PipelineFormats} makes those of a pipeline. Nobody else names a format.
 */
@NullMarked
package io.penstock.codec.catalog;

import org.jspecify.annotations.NullMarked;
