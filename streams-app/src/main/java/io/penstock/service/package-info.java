/** The running service: what {@code penstock serve} starts and stops. */
@NullMarked
package io.penstock.service;

import org.jspecify.annotations.NullMarked;
