package io.penstock.cli;

import io.penstock.check.topic.LeastAcls;
import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.PenstockConfig;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the least access control lists that a service needs. */
@Command(
    name = "acls",
    description = {
      "Print, as kafka-acls commands, the least that each role needs to be allowed.",
      "Asks no broker. Add --command-config where kafka-acls needs it."
    })
final class AclsCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  private final Terminal terminal;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "instance, operator, viewer or replayer (default: all of them).")
  private LeastAcls.@Nullable Role role;

  @Option(
      names = "--principal",
      paramLabel = "PRINCIPAL",
      description = "Whom to allow it (default: User:SERVICE-ROLE).")
  private @Nullable String principal;

  AclsCommand(ConfigOption config, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    PenstockConfig loaded = config.load().config();
    for (LeastAcls.Role each : LeastAcls.Role.values()) {
      if (role == null || role == each) {
        print(loaded, each);
      }
    }
    return ExitCodes.OK;
  }

  private void print(PenstockConfig loaded, LeastAcls.Role each) {
    String name = each.name().toLowerCase(Locale.ROOT);
    String whom = principal == null ? "User:%s-%s".formatted(loaded.service(), name) : principal;
    terminal.out().println("# " + name);
    if (each == LeastAcls.Role.REPLAYER) {
      terminal
          .out()
          .println(
              "# also: Write, Describe and DescribeConfigs on the topics of pipeline replay's --to"
                  + " and --dead-letters-to");
    }
    for (String grant : LeastAcls.of(loaded, each)) {
      terminal
          .out()
          .printf(
              "kafka-acls --bootstrap-server %s --add --allow-principal %s %s%n",
              loaded.kafka().get("bootstrap.servers"), whom, grant);
    }
  }
}
