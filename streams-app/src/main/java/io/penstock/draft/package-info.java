/**
 * A first configuration for a model and its topics: {@link io.penstock.draft.FieldProposals}
 * guesses which field feeds which input, {@link io.penstock.draft.Draft} writes the file.
 */
@NullMarked
package io.penstock.draft;

import org.jspecify.annotations.NullMarked;
