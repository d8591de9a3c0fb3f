/** What stands where the service's own package of that name does. */
@NullMarked
package io.penstock.cli;

import org.jspecify.annotations.NullMarked;
