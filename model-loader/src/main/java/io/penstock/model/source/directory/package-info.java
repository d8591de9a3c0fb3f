/**
 * The source that is a folder with one directory per version.
 *
 * <p>The walk of a scan: {@code DirectorySource} lists the base path and, by {@code VersionFiles},
 * what each version's directory holds, within the {@code Links} it may follow: a scan of {@code
 * VersionScans}. A {@code Judge} of the configured {@code Completeness} says which of them are
 * complete: {@code SettledVersions} by what earlier scans saw, {@code ManifestJudge} by the sums of
 * a {@code Manifest}. {@code DirectoryEvents} say when a scan is worth while before the next poll
 * is due. A {@code CompletenessCheck} says the same of a directory once, for tools.
 */
@NullMarked
package io.penstock.model.source.directory;

import org.jspecify.annotations.NullMarked;
