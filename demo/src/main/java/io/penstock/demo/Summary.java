package io.penstock.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.demo.check.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What the demo ends with.
 *
 * @param startToFirstOutcomeMillis from the start of the demo's process to the first outcome
 */
record Summary(
    Verdict verdict, long p50Millis, long p99Millis, OptionalLong startToFirstOutcomeMillis) {

  /** The version that the demo promotes. */
  static final long PROMOTED = 2;

  /** Whether every guarantee held and the promoted version served. */
  boolean isGood() {
    return verdict.holds() && verdict.served(PROMOTED);
  }

  /** One JSON object. */
  String json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("inputs", verdict.inputs());
    json.put("outcomes", verdict.outcomes());
    json.put("lost", verdict.lost());
    json.put("duplicated", verdict.duplicated());
    json.put("outOfOrder", verdict.outOfOrder());
    ObjectNode accuracy = json.putObject("accuracy");
    verdict
        .accuracy()
        .forEach((version, share) -> accuracy.put(String.valueOf(version), share.share()));
    verdict.cutovers().forEach(json.putArray("cutovers")::addPOJO);
    json.putObject("latencyMs").put("p50", p50Millis).put("p99", p99Millis);
    startToFirstOutcomeMillis.ifPresentOrElse(
        millis -> json.put("startToFirstOutcomeMs", millis),
        () -> json.putNull("startToFirstOutcomeMs"));
    return json.toString();
  }

  /** Lines for a reader. */
  String text() {
    StringBuilder text = new StringBuilder();
    line(text, "Checked by reading the topics again (read_committed):");
    line(text, "  inputs        %,9d", verdict.inputs());
    line(
        text,
        "  outcomes      %,9d   of them dead letters: %d",
        verdict.outcomes(),
        verdict.deadLetters());
    line(text, "  lost          %,9d", verdict.lost());
    line(text, "  duplicated    %,9d", verdict.duplicated());
    line(text, "  out of order  %,9d", verdict.outOfOrder());
    verdict
        .accuracy()
        .forEach(
            (version, share) ->
                line(
                    text,
                    "  accuracy      %7.1f %%   version %d, right in %,d of %,d",
                    100 * share.share(),
                    version,
                    share.right(),
                    share.all()));
    verdict
        .cutovers()
        .forEach(
            cutover ->
                line(
                    text,
                    "  cutover       %,9d   the offset in partition %d, version %d to %d",
                    cutover.offset(),
                    cutover.partition(),
                    cutover.from(),
                    cutover.to()));
    line(text, "  latency p50   %,6d ms   record in to prediction out", p50Millis);
    line(text, "  latency p99   %,6d ms", p99Millis);
    startToFirstOutcomeMillis.ifPresent(
        millis -> line(text, "  first outcome %,6d ms   after the start", millis));
    problems().forEach(problem -> line(text, "%s", "  WRONG: " + problem));
    line(text, "%s", conclusion());
    return text.toString();
  }

  /** What is wrong, one line each; none when all is good. */
  List<String> problems() {
    return verdict.served(PROMOTED)
        ? verdict.findings()
        : Stream.concat(
                verdict.findings().stream(), Stream.of("version " + PROMOTED + " never served"))
            .toList();
  }

  private String conclusion() {
    return isGood()
        ? "%,d in, %,d out: 0 lost, 0 duplicated, 0 out of order."
            .formatted(verdict.inputs(), verdict.outcomes())
        : "The demo failed.";
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
