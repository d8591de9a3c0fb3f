package io.penstock.service;

import io.penstock.config.PenstockConfig;

/** A placeholder of the service: it holds the place of what {@code penstock serve} will run. */
public final class PenstockService {

  private PenstockService() {}

  /**
   * Serves until the process is told to stop.
   *
   * @return the exit code
   */
  public static int run(PenstockConfig config) {
    System.err.println("penstock: serving " + config.service() + " is not wired");
    return 1;
  }
}
