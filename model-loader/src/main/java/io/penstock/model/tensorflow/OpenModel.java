package io.penstock.model.tensorflow;

import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;

/**
 * A loaded model's session and graph, and the copy that they were loaded from, if there is one: a
 * bundle without its MetaGraphDef, which is a second copy of the graph on the heap.
 */
record OpenModel(Session session, Graph graph, Optional<UnsignedCopy> copy)
    implements AutoCloseable {

  static OpenModel of(SavedModelBundle bundle, Optional<UnsignedCopy> copy) {
    return new OpenModel(bundle.session(), bundle.graph(), copy);
  }

  /** To be called once, when nothing runs. */
  @Override
  public void close() {
    try {
      session.close();
    } finally {
      try {
        graph.close();
      } finally {
        copy.ifPresent(UnsignedCopy::close);
      }
    }
  }
}
