/**
 * Reading a tree of YAML key by key. A {@link io.penstock.config.section.Section} is asked for
 * every key that there may be; it applies the {@code Environment}'s overrides, resolves {@code
 * References} to secrets, and tells the {@link io.penstock.config.section.Reading}, which all
 * sections of a file share, what it found: values with their origins, problems, warnings, and what
 * was asked for.
 *
 * <p>Knows no key by name.
 */
@NullMarked
package io.penstock.config.section;

import org.jspecify.annotations.NullMarked;
