package io.penstock.codec.example;

import io.penstock.codec.InputBinding;
import io.penstock.codec.InputRecord;
import io.penstock.codec.RecordDecoder;
import io.penstock.model.Rows;
import java.util.ArrayList;
import java.util.List;

/** Decodes the features of a record into named inputs. Not thread-safe: one stream thread's own. */
final class FeaturesDecoder implements RecordDecoder {

  private final ExampleWalk walk = new ExampleWalk();
  private final ExampleWalk.Visitor offers = this::offer;
  private final FeatureReader[] readers;
  private final List<InputBinding> constants;

  /** How many features are stacked into the reader's input. */
  private final int[] stacked;

  FeaturesDecoder(List<InputBinding> bindings) {
    List<FeatureReader> made = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    for (InputBinding binding : bindings) {
      for (int i = 0; i < binding.paths().size(); i++) {
        made.add(new FeatureReader(binding, i, walk));
        counts.add(binding.paths().size());
      }
    }
    this.constants = bindings.stream().filter(InputBinding::isConstant).toList();
    this.readers = made.toArray(FeatureReader[]::new);
    this.stacked = counts.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public void prepare(InputRecord record) {
    // Nothing has to be known beforehand.
  }

  @Override
  public void decode(InputRecord record, Rows into, int at) {
    for (FeatureReader reader : readers) {
      reader.begin();
    }
    walk.over(record.value(), offers);
    for (int i = 0; i < constants.size(); i++) {
      InputBinding constant = constants.get(i);
      constant.fallBack(into.column(constant.column()), at, 0);
    }
    for (int i = 0; i < readers.length; i++) {
      readers[i].read(into, at, stacked[i]);
    }
  }

  private void offer(ExampleWalk visited, FeatureList list) {
    for (FeatureReader reader : readers) {
      reader.offer(visited, list);
    }
  }
}
