/**
 * A format that is not Penstock's own, as docs/formats.md shows it, and the test that it is found.
 */
package io.penstock.codec.custom;
