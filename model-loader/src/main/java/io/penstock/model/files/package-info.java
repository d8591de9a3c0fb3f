/**
 * Files of a version, as all see them who list or read them: a {@code FileTree} follows links and
 * names paths the same on every system, {@code Sha256} reads contents, and a {@code Fingerprint} is
 * of all of them.
 */
@NullMarked
package io.penstock.model.files;

import org.jspecify.annotations.NullMarked;
