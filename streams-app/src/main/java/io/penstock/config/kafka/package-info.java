/**
 * What Penstock knows of Kafka's own configuration keys: which are the user's, which its own, and
 * which nobody's but a plug-in's.
 */
@NullMarked
package io.penstock.config.kafka;

import org.jspecify.annotations.NullMarked;
