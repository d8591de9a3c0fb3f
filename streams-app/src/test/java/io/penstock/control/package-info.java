@NullMarked
package io.penstock.control;

import org.jspecify.annotations.NullMarked;
