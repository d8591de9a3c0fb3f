@NullMarked
package io.penstock.control.client;

import org.jspecify.annotations.NullMarked;
