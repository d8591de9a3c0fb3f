/** Tests of the demo's parts. */
@NullMarked
package io.penstock.demo.service;

import org.jspecify.annotations.NullMarked;
