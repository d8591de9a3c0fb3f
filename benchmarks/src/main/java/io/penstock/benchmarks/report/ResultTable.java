package io.penstock.benchmarks.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Results as text: a row for each variant and point, then the limits. */
public final class ResultTable {

  private static final Character[] BORDER =
      AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS_NO_OUTSIDE_BORDER;

  private static final int MOST_POINTS = 15;

  private ResultTable() {}

  /**
   * The medians; of the first metric the least and the most too.
   *
   * @param metrics the columns
   */
  public static String of(Results results, List<Metric> metrics) {
    List<Column> columns = new ArrayList<>();
    columns.add(left("variant"));
    for (int i = 0; i < metrics.size(); i++) {
      columns.add(right(metrics.get(i).label()));
      if (i == 0) {
        columns.add(right("min"));
        columns.add(right("max"));
      }
    }
    List<String[]> rows = new ArrayList<>();
    for (String variant : results.variants()) {
      for (String point : shown(results.points(variant))) {
        rows.add(row(results, metrics, variant, point));
      }
    }
    return AsciiTable.getTable(
        BORDER, columns.toArray(Column[]::new), rows.toArray(String[][]::new));
  }

  /** All of a few points; of a timeline some, evenly, the last one included. */
  static List<String> shown(List<String> points) {
    int step = (points.size() + MOST_POINTS - 1) / MOST_POINTS;
    return IntStream.range(0, points.size())
        .filter(i -> (points.size() - 1 - i) % step == 0)
        .mapToObj(points::get)
        .toList();
  }

  private static String[] row(Results results, List<Metric> metrics, String variant, String point) {
    List<String> row = new ArrayList<>();
    row.add(Measurement.row(variant, point));
    for (Metric metric : metrics) {
      Statistics statistics = results.statistics(variant, point, metric);
      row.add(metric.format(statistics.median()));
      if (metric == metrics.get(0)) {
        row.add(metric.format(statistics.min()));
        row.add(metric.format(statistics.max()));
      }
    }
    return row.toArray(String[]::new);
  }

  /** The limits with what they came to. */
  public static String of(List<Verdict> verdicts) {
    return AsciiTable.getTable(
        BORDER,
        new Column[] {left("limit"), right("measured"), right("expected"), left("verdict")},
        verdicts.stream()
            .map(
                v ->
                    new String[] {
                      v.claim(), v.valueText(), v.expected(), v.word().name().replace('_', ' ')
                    })
            .toArray(String[][]::new));
  }

  private static Column left(String header) {
    return new Column()
        .header(header)
        .headerAlign(HorizontalAlign.LEFT)
        .dataAlign(HorizontalAlign.LEFT)
        .maxWidth(90);
  }

  private static Column right(String header) {
    return new Column()
        .header(header)
        .headerAlign(HorizontalAlign.RIGHT)
        .dataAlign(HorizontalAlign.RIGHT);
  }
}
