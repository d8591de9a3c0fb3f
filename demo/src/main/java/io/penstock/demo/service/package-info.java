/**
 * The service as the demo runs it: the built distribution in a process of its own, with a
 * configuration, a model directory and control topics like anybody's.
 */
@NullMarked
package io.penstock.demo.service;

import org.jspecify.annotations.NullMarked;
