/**
 * What every command stands on: where it writes ({@link io.penstock.cli.shell.Terminal}), what its
 * exit code says ({@link io.penstock.cli.shell.ExitCodes}), and which configuration it is about
 * ({@link io.penstock.cli.shell.ConfigOption}).
 */
@NullMarked
package io.penstock.cli.shell;

import org.jspecify.annotations.NullMarked;
