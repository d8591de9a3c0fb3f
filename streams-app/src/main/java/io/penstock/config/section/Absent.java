package io.penstock.config.section;

/**
 * What it means that a key is not there, as Markdown.
 *
 * @param shownDefault such as {@code no limit}
 */
public record Absent(String shownDefault) {}
