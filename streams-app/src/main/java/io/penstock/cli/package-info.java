/**
 * The command line. {@link io.penstock.cli.PenstockMain} is wiring only; each command is a class. A
 * command's result goes to standard output, everything else to standard error.
 */
@NullMarked
package io.penstock.cli;

import org.jspecify.annotations.NullMarked;
