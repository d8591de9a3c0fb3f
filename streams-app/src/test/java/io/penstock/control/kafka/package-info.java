@NullMarked
package io.penstock.control.kafka;

import org.jspecify.annotations.NullMarked;
