package io.penstock.draft;

import io.penstock.model.TensorSpec;

/**
 * A guess at the field that feeds an input.
 *
 * @param path the field, with dots between the names of nested records
 * @param remark why that one, where its name does not say it; empty otherwise
 * @param narrowed whether the input holds the field's numbers rounded only, so that this has to be
 *     allowed
 */
public record FieldProposal(TensorSpec input, String path, String remark, boolean narrowed) {}
