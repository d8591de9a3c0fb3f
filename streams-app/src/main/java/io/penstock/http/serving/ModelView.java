package io.penstock.http.serving;

import io.penstock.model.DeclaredSignature;
import io.penstock.model.lifecycle.VersionStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** What is known of one model at the moment. Thread-safe; must not block. */
public interface ModelView {

  /** The state of every version, by number. */
  SortedMap<Long, VersionStatus> versions();

  /** The version that serves here. */
  Optional<Long> active();

  /** The fleet's labels, and the version that each stands for. */
  Map<String, Long> labels();

  /** The signatures that a version declares; empty unless it is available. */
  Optional<List<DeclaredSignature>> signatures(long version);
}
