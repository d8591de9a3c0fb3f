/**
 * A YAML file as a tree whose {@link io.penstock.config.yaml.Node}s know the line they came from,
 * so that a {@link io.penstock.config.yaml.Problem} can name it.
 */
@NullMarked
package io.penstock.config.yaml;

import org.jspecify.annotations.NullMarked;
