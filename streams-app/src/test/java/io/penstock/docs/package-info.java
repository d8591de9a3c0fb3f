/** What the documentation shows is true: it is read, and what can be run is run. */
package io.penstock.docs;
