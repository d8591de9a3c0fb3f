/**
 * A first configuration for a model and its topics: {@link io.penstock.draft.FieldProposals}
 * guesses which field feeds which input, {@link io.penstock.draft.Draft} writes the file. Or one of
 * TensorFlow Serving's own: {@link io.penstock.draft.ServingFiles} reads them, {@link
 * io.penstock.draft.ServingDraft} writes what they come to.
 */
@NullMarked
package io.penstock.draft;

import org.jspecify.annotations.NullMarked;
