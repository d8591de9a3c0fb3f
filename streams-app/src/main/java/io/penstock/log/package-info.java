/**
 * The service's own log, as far as its configuration file cannot say it: the only package that
 * knows Log4j, which writes what everybody else logs by SLF4J.
 */
@NullMarked
package io.penstock.log;

import org.jspecify.annotations.NullMarked;
