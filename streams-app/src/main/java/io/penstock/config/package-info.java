/**
 * What an operator can say to Penstock, as records: {@link io.penstock.config.PenstockConfig} is
 * one file, and every value in it is legal by construction.
 *
 * <p>Each record checks its own values with the {@link io.penstock.config.Syntax} it declares; the
 * same syntax reads the value's text. Keys, defaults and the file itself are the business of
 * package {@code load}.
 */
@NullMarked
package io.penstock.config;

import org.jspecify.annotations.NullMarked;
