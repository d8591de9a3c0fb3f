package io.penstock.check;

import io.penstock.config.PenstockConfig;
import java.util.ArrayList;
import java.util.List;

/** The checks of a configuration, in the order in which a user would mend things. */
public final class Checks {

  private Checks() {}

  /**
   * Everything.
   *
   * @param file the configuration's file, for the commands that messages name
   */
  public static List<Check> of(PenstockConfig config, String file) {
    List<Check> checks = new ArrayList<>(models(config));
    checks.addAll(cluster(config, file));
    return checks;
  }

  /** The model directories. */
  public static List<Check> models(PenstockConfig config) {
    List<Check> checks = new ArrayList<>();
    config
        .models()
        .forEach((name, model) -> checks.add(new ModelDirectoryCheck(name, model.path())));
    return checks;
  }

  /**
   * The broker and the topics.
   *
   * @param file the configuration's file, for the commands that messages name
   */
  public static List<Check> cluster(PenstockConfig config, String file) {
    return List.of(new KafkaCheck(config, file));
  }

  /** Runs checks one after the other. */
  public static List<Verdict> run(List<Check> checks) {
    return checks.stream().flatMap(check -> check.verdicts().stream()).toList();
  }
}
