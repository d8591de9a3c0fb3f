package io.penstock.check.topic;

import io.penstock.check.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster's access control lists deny to this client of what it needs, as far as the cluster
 * says so beforehand: it does of topics that are there, of groups that have been used, and of
 * whether a transactional id may be described. The rest shows when it is used. Thread-safe.
 */
final class DeniedAccess {

  /** Added to a prefix it is a transactional id that nobody has. */
  private static final String NOBODY = "penstock-check";

  private final Admin admin;
  private final long timeoutMillis;

  DeniedAccess(Admin admin, long timeoutMillis) {
    this.admin = admin;
    this.timeoutMillis = timeoutMillis;
  }

  /** Of each grant what is denied; grants of which nothing is known to be are left out. */
  Map<Grant, List<AclOperation>> among(Collection<Grant> grants) {
    Map<Grant, KafkaFuture<?>> answers = new LinkedHashMap<>();
    grants.forEach(grant -> answers.put(grant, ask(grant)));
    Map<Grant, List<AclOperation>> denied = new LinkedHashMap<>();
    answers.forEach(
        (grant, answer) -> {
          List<AclOperation> operations =
              allowed(answer).map(allowed -> without(grant, allowed)).orElse(List.of());
          if (!operations.isEmpty()) {
            denied.put(grant, operations);
          }
        });
    return denied;
  }

  /**
   * A verdict on each, with the command that allows it.
   *
   * @param bootstrapServers for that command
   */
  static List<Verdict> verdicts(Map<Grant, List<AclOperation>> denied, String bootstrapServers) {
    List<Verdict> verdicts = new ArrayList<>();
    denied.forEach(
        (grant, operations) ->
            verdicts.add(
                Verdict.failed(
                    "access to " + grant.resource(),
                    "%s denied (expected: %s; to allow it: kafka-acls --bootstrap-server %s --add --allow-principal User:… %s)"
                        .formatted(
                            operations,
                            grant.operations(),
                            bootstrapServers,
                            grant.only(operations)))));
    return verdicts;
  }

  private KafkaFuture<?> ask(Grant grant) {
    return switch (grant.type()) {
      case TOPIC ->
          Objects.requireNonNull(
              admin
                  .describeTopics(
                      List.of(grant.name()),
                      new DescribeTopicsOptions().includeAuthorizedOperations(true))
                  .topicNameValues()
                  .get(grant.name()));
      case GROUP ->
          Objects.requireNonNull(
              admin
                  .describeConsumerGroups(
                      List.of(grant.name()),
                      new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                  .describedGroups()
                  .get(grant.name()));
      case TRANSACTIONAL_ID -> {
        String id = grant.prefixed() ? grant.name() + NOBODY : grant.name();
        yield admin.describeTransactions(List.of(id)).description(id);
      }
      default -> throw new IllegalArgumentException("nobody is granted a " + grant.type());
    };
  }

  /** What may be done with a resource; empty if the cluster does not say. */
  private Optional<Set<AclOperation>> allowed(KafkaFuture<?> answer) {
    try {
      Object description = answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
      return Optional.ofNullable(authorizedOperations(description));
    } catch (ExecutionException e) {
      return e.getCause() instanceof AuthorizationException
          ? Optional.of(Set.of())
          : Optional.empty();
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static @Nullable Set<AclOperation> authorizedOperations(Object description) {
    if (description instanceof TopicDescription topic) {
      return topic.authorizedOperations();
    }
    return description instanceof ConsumerGroupDescription group
        ? group.authorizedOperations()
        : null;
  }

  private static List<AclOperation> without(Grant grant, Set<AclOperation> allowed) {
    return grant.operations().stream().filter(operation -> !allowed.contains(operation)).toList();
  }
}
