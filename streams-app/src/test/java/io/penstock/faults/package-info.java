/**
 * Faults inside a running service: a model that hangs or fails, forwards and sends that fail. Armed
 * in the same process, or from outside over HTTP.
 */
package io.penstock.faults;
