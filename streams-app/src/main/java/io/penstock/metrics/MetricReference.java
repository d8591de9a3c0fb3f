package io.penstock.metrics;

import java.util.stream.Collectors;

/** The list of metrics, as a page of the documentation. */
public final class MetricReference {

  private static final String HEAD =
      """
      # Metrics

      <!-- Printed by `./penstock metrics`; a test compares. Do not edit. -->

      `GET /metrics` of the admin HTTP server answers in Prometheus' text format. Times are in seconds, counters since the
      start of the process.

      ## Penstock's own

      | Metric | Type | Labels | Meaning |
      |---|---|---|---|
      """;

  private static final String TAIL =
      """

      A histogram `x` is scraped as `x_bucket`, `x_count` and `x_sum`; beside it `x_max` is the greatest value of the last
      minutes.

      ## Kafka's and the virtual machine's

      Every pipeline has the metrics of its Kafka Streams and of these clients, as
      [Micrometer](https://docs.micrometer.io/micrometer/reference/reference/kafka.html) calls them: `kafka_stream_*`,
      `kafka_consumer_*`, `kafka_producer_*`, `kafka_admin_client_*`, with the label `pipeline` and Kafka's own. Those of the
      virtual machine and the process are `jvm_*`, `process_*` and `system_*`.
      """;

  private MetricReference() {}

  /** The page, in Markdown. */
  public static String markdown() {
    StringBuilder page = new StringBuilder(HEAD);
    for (Metric metric : Metric.values()) {
      String labels =
          metric.labels().stream()
              .map(label -> "`" + label + "`")
              .collect(Collectors.joining(", "));
      page.append(
          "| `%s` | %s | %s | %s |%n"
              .formatted(
                  metric.prometheusName(), metric.prometheusType(), labels, metric.meaning()));
    }
    return page.append(TAIL).toString();
  }
}
