/** What a local stack borrows from its host and gives back: processes, ports and folders. */
@NullMarked
package io.penstock.localstack.host;

import org.jspecify.annotations.NullMarked;
