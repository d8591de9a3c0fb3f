package io.penstock.service;

import io.penstock.config.load.ConfigurationException;
import io.penstock.config.load.EffectiveConfig;
import java.util.Set;

/** Where a service reads its configuration again. */
public interface ConfigSource {

  /**
   * The configuration as it is now.
   *
   * @throws ConfigurationException if it is none, with everything that is wrong
   */
  EffectiveConfig read();

  /**
   * Checks, as before a start, what is about to come by it. What is in it already is not looked at.
   *
   * @param models those whose versions have to be there, or may come
   * @param pipelines those that have to suit their models' versions and the schemas, as far as
   *     files and the registry tell
   * @throws ConfigurationException if something of it could not be served, or a topic is missing,
   *     with everything that is wrong
   */
  void check(EffectiveConfig config, Set<String> models, Set<String> pipelines);
}
