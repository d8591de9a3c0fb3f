@NullMarked
package io.penstock.control.message;

import org.jspecify.annotations.NullMarked;
