/**
 * What must hold around a service before it can serve, and how to mend what does not: a {@link
 * io.penstock.check.Check} gives {@link io.penstock.check.Verdict}s. The checks are in the packages
 * below: models, schemas, topics. The command line puts them together; {@link
 * io.penstock.check.Preflight} decides whether a service may start.
 */
@NullMarked
package io.penstock.check;

import org.jspecify.annotations.NullMarked;
