package io.penstock.service;

import io.penstock.config.load.ConfigurationException;
import io.penstock.config.load.EffectiveConfig;

/** Where a service reads its configuration again. */
@FunctionalInterface
public interface ConfigSource {

  /**
   * The configuration as it is now, checked as before a start.
   *
   * @throws ConfigurationException if it could not be started with, with everything that is wrong
   */
  EffectiveConfig read();
}
