package io.penstock.draft;

import io.penstock.model.TensorSpec;

/**
 * A guess at the field that feeds an input.
 *
 * @param path the field, with dots between the names of nested records
 * @param remark why that one, where its name does not say it; empty otherwise
 */
public record FieldProposal(TensorSpec input, String path, String remark) {}
