package io.penstock.config.section;

/**
 * A key as it is declared, for the reference.
 *
 * @param path where it stands
 * @param fallback its default as Markdown, or that it is required
 * @param values which values are legal
 * @param meaning what it means
 */
public record KeyDoc(ConfigPath path, String fallback, String values, String meaning) {}
