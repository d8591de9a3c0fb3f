/**
 * Plans that decode Avro binary into flat columns. {@link io.penstock.codec.avro.plan.DecodePlan}
 * is the way in: {@code PlanCompiler} walks the writer's schema beside the tree of fields that are
 * needed and makes {@code Step}s; {@code ReaderCompiler} makes a {@code ValueReader} for each field
 * that is read, {@code SkipCompiler} a {@code Skip} for each that is not. All of them move one
 * {@code AvroCursor}, which is where bytes are not trusted.
 */
@NullMarked
package io.penstock.codec.avro.plan;

import org.jspecify.annotations.NullMarked;
