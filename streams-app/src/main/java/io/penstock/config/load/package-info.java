/**
 * A configuration file becomes a {@link io.penstock.config.PenstockConfig}, or a list of everything
 * that is wrong with it, one line each.
 *
 * <p>The walk: {@link io.penstock.config.load.ConfigLoader} has a tree read from the file; {@code
 * ConfigBinder}, with {@code ModelBinder} and {@code PipelineBinder} the one place where keys,
 * defaults and meanings stand, asks the tree's sections for every key it knows. {@link
 * io.penstock.config.load.EffectiveConfig} is the result with the origin of every value, {@link
 * io.penstock.config.load.ConfigReference} the page that documents the keys.
 */
@NullMarked
package io.penstock.config.load;

import org.jspecify.annotations.NullMarked;
