package io.penstock.benchmarks.report;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;

/**
 * A picture of results, as PNG: a tenth of the bytes of the same as SVG.
 *
 * @param file its name without ending
 * @param leftOut variants that are not drawn
 */
public record Plot(
    String file, String title, Metric metric, Kind kind, String xLabel, Set<String> leftOut) {

  private static final String NUMBERS = "#,##0.###";
  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;

  /** How values are drawn. */
  public enum Kind {
    /** A bar for each variant, with whiskers as long as half the spread of its samples. */
    BARS,
    /** A line for each variant over its points, which are numbers with a unit behind them. */
    LINES,
    /** The same, both axes logarithmic. */
    LOGARITHMIC_LINES
  }

  /** A bar for each variant. */
  public static Plot bars(String file, String title, Metric metric) {
    return new Plot(file, title, metric, Kind.BARS, "", Set.of());
  }

  /** A line for each variant over its points, of which the label says what they count. */
  public static Plot lines(String file, String title, Metric metric, String xLabel) {
    return new Plot(file, title, metric, Kind.LINES, xLabel, Set.of());
  }

  /** The same, both axes logarithmic. */
  public static Plot logarithmic(String file, String title, Metric metric, String xLabel) {
    return new Plot(file, title, metric, Kind.LOGARITHMIC_LINES, xLabel, Set.of());
  }

  /** The same without some variants, beside which the others would not be seen. */
  public Plot without(String... variants) {
    return new Plot(file, title, metric, kind, xLabel, Set.of(variants));
  }

  /** Draws it into a folder. */
  public void draw(Results results, Path folder) {
    if (results.measurements().stream().noneMatch(m -> m.metrics().containsKey(metric))) {
      return;
    }
    Chart<?, ?> chart =
        switch (kind) {
          case BARS -> bars(results);
          case LINES, LOGARITHMIC_LINES -> lines(results);
        };
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    try {
      ChartEncoder.saveChart(chart, folder.resolve(file + ".png").toString(), "png");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot draw " + file, e);
    }
  }

  private CategoryChart bars(Results results) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .yAxisTitle(metric.label())
            .build();
    List<String> variants = new ArrayList<>();
    List<Double> medians = new ArrayList<>();
    List<Double> spreads = new ArrayList<>();
    for (String variant : results.variants()) {
      Statistics statistics = results.statistics(variant, "", metric);
      if (statistics.count() > 0 && !leftOut.contains(variant)) {
        variants.add(variant);
        medians.add(statistics.median());
        spreads.add((statistics.max() - statistics.min()) / 2);
      }
    }
    if (!variants.isEmpty()) {
      chart.addSeries(metric.label(), variants, medians, spreads);
    }
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setYAxisDecimalPattern(NUMBERS);
    chart.getStyler().setXAxisLabelRotation(30);
    return chart;
  }

  private XYChart lines(Results results) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(xLabel)
            .yAxisTitle(metric.label())
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    boolean logarithmic = kind == Kind.LOGARITHMIC_LINES;
    chart.getStyler().setDecimalPattern(NUMBERS);
    if (!logarithmic) {
      chart.getStyler().setYAxisMin(0.0);
    }
    chart.getStyler().setXAxisLogarithmic(logarithmic);
    chart.getStyler().setYAxisLogarithmic(logarithmic);
    for (String variant : results.variants()) {
      List<Double> xs = new ArrayList<>();
      List<Double> ys = new ArrayList<>();
      for (String point : results.points(variant)) {
        double y = results.median(variant, point, metric);
        if (!Double.isNaN(y)) {
          xs.add(Double.valueOf(point.replaceAll("[^0-9.].*$", "")));
          ys.add(y);
        }
      }
      if (!xs.isEmpty()) {
        chart.addSeries(variant, xs, ys);
      }
    }
    return chart;
  }
}
