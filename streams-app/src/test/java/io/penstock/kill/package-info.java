/** Tests that end processes under load and count what became of every record. */
package io.penstock.kill;
