/**
 * What a pipeline's batches are to be like: a {@link io.penstock.batching.plan.BatchPlan} has a
 * {@link io.penstock.batching.plan.BatchTarget}, fixed or (in {@code batching.auto}) found out.
 * After a late commit batches are small for a while: {@link
 * io.penstock.batching.plan.CautiousPlan}.
 *
 * <p>Gathering, inference and the stream threads see no more of tuning than this.
 */
@NullMarked
package io.penstock.batching.plan;

import org.jspecify.annotations.NullMarked;
