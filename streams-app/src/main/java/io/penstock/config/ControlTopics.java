package io.penstock.config;

import java.util.List;

/**
 * The names of the four topics that a service's instances agree through, one partition each.
 *
 * @param control commands, written by users
 * @param reports what instances say about themselves
 * @param decisions the state of every model, written by the controller
 * @param audit every decision, and every cutover of every partition
 */
public record ControlTopics(String control, String reports, String decisions, String audit) {

  /** The control topics of the service with that name. */
  public static ControlTopics of(String service) {
    return new ControlTopics(
        service + ".control", service + ".reports", service + ".decisions", service + ".audit");
  }

  public List<String> all() {
    return List.of(control, reports, decisions, audit);
  }
}
