/**
 * A configuration file becomes a {@link io.penstock.config.PenstockConfig}, or a list of everything
 * that is wrong with it, one line each.
 *
 * <p>The walk: {@link io.penstock.config.load.ConfigLoader} has {@code YamlFile} read a tree of
 * {@code Node}s that know their lines; {@code ConfigBinder}, the one place where keys and defaults
 * stand, asks {@code Section}s of that tree for every key it knows; a section applies the {@code
 * Environment}'s overrides, resolves {@code References} to secrets, collects {@code Problem}s and
 * remembers where each value came from, which is what {@link
 * io.penstock.config.load.EffectiveConfig} shows.
 */
@NullMarked
package io.penstock.config.load;

import org.jspecify.annotations.NullMarked;
