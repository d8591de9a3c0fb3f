package io.penstock.demo.service;

import io.penstock.localstack.host.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The access control lists that {@code penstock acls} prints, as {@code kafka-acls} would give them
 * to a broker.
 */
public final class LeastAccess {

  private static final Pattern PRINTED =
      Pattern.compile(
          "kafka-acls .* --allow-principal (\\S+) (.*) --(topic|group|transactional-id) (\\S+)(.*)");

  private static final Pattern OPERATION = Pattern.compile("--operation (\\S+)");

  private LeastAccess() {}

  /**
   * Prints them for one role, and has the broker allow them.
   *
   * @param role as the command calls it
   * @param folder for the command's output and its temporary files, which exists
   * @param broker what an administrator's client needs to know of it
   * @return how many there are
   * @throws IllegalStateException if the command fails or the broker refuses
   */
  public static int grant(
      String role, Path distribution, Path config, Path folder, Map<String, String> broker) {
    List<AclBinding> lists =
        printed(role, distribution, config, folder)
            .lines()
            .map(PRINTED::matcher)
            .filter(Matcher::matches)
            .flatMap(line -> bindings(line).stream())
            .toList();
    try (Admin admin = Admin.create(new HashMap<>(broker))) {
      admin.createAcls(lists).all().get();
      return lists.size();
    } catch (ExecutionException e) {
      throw new IllegalStateException("The broker takes no access control lists", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while access was granted", e);
    }
  }

  private static String printed(String role, Path distribution, Path config, Path folder) {
    Path output = folder.resolve(role + "-acls.txt");
    List<String> arguments = List.of("acls", "--config", config.toString(), "--role", role);
    try (JavaProcess acls =
        JavaProcess.start(ServiceLaunch.of(distribution, arguments, folder, output))) {
      int code = acls.exitCode();
      String text = Files.readString(output);
      if (code != 0) {
        throw new IllegalStateException("penstock acls ended with %d:%n%s".formatted(code, text));
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<AclBinding> bindings(Matcher line) {
    ResourcePattern resource =
        new ResourcePattern(
            ResourceType.fromString(line.group(3).replace('-', '_')),
            line.group(4),
            line.group(5).contains("prefixed") ? PatternType.PREFIXED : PatternType.LITERAL);
    List<AclBinding> bindings = new ArrayList<>();
    OPERATION
        .matcher(line.group(2))
        .results()
        .map(operation -> operation.group(1).replaceAll("(?<=[a-z])(?=[A-Z])", "_"))
        .forEach(
            operation ->
                bindings.add(
                    new AclBinding(
                        resource,
                        new AccessControlEntry(
                            line.group(1),
                            "*",
                            AclOperation.fromString(operation),
                            AclPermissionType.ALLOW))));
    return bindings;
  }
}
