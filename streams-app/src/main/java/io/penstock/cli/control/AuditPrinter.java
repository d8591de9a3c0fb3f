package io.penstock.cli.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.cli.shell.Terminal;
import io.penstock.control.client.AuditFeed;
import io.penstock.schemas.AuditEvent;
import org.jspecify.annotations.Nullable;

/**
 * Prints events one a line, as text or as JSON with their offset. Not thread-safe.
 *
 * @param model only what is about it; null: everything
 */
record AuditPrinter(
    Terminal terminal, OutputOption output, @Nullable String model, boolean cutovers) {

  void print(AuditFeed.Entry entry) {
    AuditEvent event = entry.event();
    if (!isAboutModel(event) || (event.getCutover() != null && !cutovers)) {
      return;
    }
    if (output.isJson()) {
      ObjectNode tree = OutputOption.object();
      tree.put("auditOffset", entry.offset());
      tree.setAll(OutputOption.tree(event));
      terminal.out().println(OutputOption.line(tree));
    } else {
      terminal.out().println(AuditText.of(event));
    }
  }

  private boolean isAboutModel(AuditEvent event) {
    String subject = modelOf(event);
    boolean ofOlderRelease = event.getCutover() != null && "".equals(subject);
    return model == null || ofOlderRelease || model.equals(subject);
  }

  private static @Nullable String modelOf(AuditEvent event) {
    if (event.getDecided() != null) {
      return event.getDecided().getModel();
    }
    if (event.getDone() != null) {
      return event.getDone().getModel();
    }
    if (event.getCutover() != null) {
      return event.getCutover().getModel();
    }
    return event.getRejected() == null ? null : event.getRejected().getModel();
  }
}
