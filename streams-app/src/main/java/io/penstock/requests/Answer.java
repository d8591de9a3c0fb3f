package io.penstock.requests;

import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;

/**
 * What a request is answered with: a row of outputs for each of its rows, in their order, all
 * computed by one version. Whoever gets it owns it, and closes it once it has been sent.
 *
 * @param version that computed it
 * @param fingerprint identifies that version's bytes
 * @param signature that was run
 * @param outputs columns of its outputs, all rows of one shape
 * @param room what the request holds until the answer is closed
 */
public record Answer(
    ServableId version,
    String fingerprint,
    ModelSignature signature,
    Rows outputs,
    int rows,
    RequestRoom room)
    implements AutoCloseable {

  /** The header that says which version has answered, as that of a record does. */
  public static final String SERVED_BY = "penstock-served-by";

  /** What that header says. */
  public String servedBy() {
    return "model="
        + version.model()
        + ";version="
        + version.version()
        + ";fingerprint="
        + fingerprint;
  }

  /** Gives back what the request holds: it has been sent, or nobody waits for it. Idempotent. */
  @Override
  public void close() {
    room.close();
  }
}
