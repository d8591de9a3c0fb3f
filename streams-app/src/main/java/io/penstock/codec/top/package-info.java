/**
 * The best classes of a row instead of the scores of all ({@code output.top-classes}): outputs are
 * exchanged before any format writes them, so that every format has them.
 */
@NullMarked
package io.penstock.codec.top;

import org.jspecify.annotations.NullMarked;
