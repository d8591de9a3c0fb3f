/**
 * The service: wires configuration, models, pipelines, control plane and admin HTTP together, and
 * runs them until the process is told to stop.
 */
@NullMarked
package io.penstock.service;

import org.jspecify.annotations.NullMarked;
