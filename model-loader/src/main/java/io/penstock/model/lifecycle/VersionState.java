package io.penstock.model.lifecycle;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a version is in its life, by TensorFlow Serving's names ({@code ModelVersionStatus.State}).
 *
 * <pre>
 *   ┌──────────┐ failed, and is tried again
 *   ▼          │
 * START ──▶ LOADING ──▶ AVAILABLE ──▶ UNLOADING ──▶ END
 *   │          │                                     ▲
 *   └──────────┴─────────────────────────────────────┘
 *     not wanted any more, or failed
 * </pre>
 */
public enum VersionState {
  /** Known and wanted; its load has not begun, or will begin again. */
  START,
  /** Being loaded and warmed up. */
  LOADING,
  /** Can be leased. */
  AVAILABLE,
  /** Cannot be leased any more; those who have leased it may finish. */
  UNLOADING,
  /** Neither loaded nor about to be: closed, failed, or wanted no longer. */
  END;

  /** The states that may follow. */
  Set<VersionState> next() {
    return switch (this) {
      case START -> EnumSet.of(LOADING, END);
      case LOADING -> EnumSet.of(START, AVAILABLE, END);
      case AVAILABLE -> EnumSet.of(UNLOADING);
      case UNLOADING -> EnumSet.of(END);
      case END -> EnumSet.noneOf(VersionState.class);
    };
  }
}
