/** What tests of the whole service share: the service as a process, and a count of outcomes. */
package io.penstock.testkit;
