/**
 * Tests of the whole service: the assembled distribution in a process of its own, a real broker, a
 * real registry, and what a user sees of them from outside.
 */
package io.penstock.service;
