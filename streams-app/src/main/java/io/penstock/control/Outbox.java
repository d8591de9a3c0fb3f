package io.penstock.control;

import io.penstock.schemas.Command;
import io.penstock.schemas.InstanceReport;
import java.util.concurrent.CompletionStage;

/**
 * Where a participant's messages go. Calls do not block; the stages complete when the message is
 * safe, on any thread, and fail when it is lost.
 */
public interface Outbox {

  CompletionStage<Void> report(InstanceReport report);

  /** Says that the instance no longer serves the model. */
  CompletionStage<Void> depart(String instance, String model);

  /** Completes with the command's offset on the control topic, its epoch. */
  CompletionStage<Long> propose(Command command);
}
