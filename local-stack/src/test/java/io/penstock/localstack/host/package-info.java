/** Tests of what is borrowed from the host. */
@NullMarked
package io.penstock.localstack.host;

import org.jspecify.annotations.NullMarked;
