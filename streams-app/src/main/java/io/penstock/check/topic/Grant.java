package io.penstock.check.topic;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/**
 * One resource and what may be done with it.
 *
 * @param prefixed whether the name is the beginning of the resources' names
 */
record Grant(ResourceType type, String name, boolean prefixed, List<AclOperation> operations) {

  Grant {
    operations = List.copyOf(operations);
  }

  static Grant topic(String name, AclOperation... operations) {
    return new Grant(ResourceType.TOPIC, name, false, List.of(operations));
  }

  static Grant group(String name, AclOperation... operations) {
    return new Grant(ResourceType.GROUP, name, false, List.of(operations));
  }

  static Grant transactionalId(String name, AclOperation... operations) {
    return new Grant(ResourceType.TRANSACTIONAL_ID, name, false, List.of(operations));
  }

  static Grant transactionalIds(String prefix, AclOperation... operations) {
    return new Grant(ResourceType.TRANSACTIONAL_ID, prefix, true, List.of(operations));
  }

  /** The same for some operations only. */
  Grant only(List<AclOperation> some) {
    return new Grant(type, name, prefixed, some);
  }

  /** The resource, for people. */
  String resource() {
    return type.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + name;
  }

  /** As options of {@code kafka-acls --add}. */
  @Override
  public String toString() {
    return operations.stream()
            .map(operation -> "--operation " + camelCase(operation))
            .collect(Collectors.joining(" "))
        + " --"
        + type.name().toLowerCase(Locale.ROOT).replace('_', '-')
        + " "
        + name
        + (prefixed ? " --resource-pattern-type prefixed" : "");
  }

  private static String camelCase(AclOperation operation) {
    return Arrays.stream(operation.name().split("_"))
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }
}
