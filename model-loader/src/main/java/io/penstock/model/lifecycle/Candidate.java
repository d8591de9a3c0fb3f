package io.penstock.model.lifecycle;

/** A version as a transition policy sees it: where it is in its life, and who wants it. */
record Candidate(long version, VersionState state, Claim claim) {

  /** Why a version is wanted, the weakest reason first. */
  enum Claim {
    NONE,
    /** The version policy selects it. */
    ASPIRED,
    /** It is active, or is being prepared to be, or somebody waits for it. */
    RETAINED
  }

  boolean isWanted() {
    return claim != Claim.NONE;
  }

  boolean is(VersionState other) {
    return state == other;
  }
}
