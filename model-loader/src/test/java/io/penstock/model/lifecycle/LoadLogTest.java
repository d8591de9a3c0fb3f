package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.ModelException;
import io.penstock.model.RecordedLog;
import io.penstock.model.loading.Loaded;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

final class LoadLogTest {

  private final RecordedLog lines = new RecordedLog();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final LoadLog log = new LoadLog(lines, stopping::get);
  private final ModelException reason = new ModelException("digits/1 does not fit.");
  private final IllegalStateException unexpected = new IllegalStateException("a defect");

  @Test
  void shouldSayWhatFollows() {
    // when
    sayEverything();

    // then
    assertThat(lines.messages())
        .containsExactly(
            "digits/1 does not fit. It is loaded as soon as there is room.",
            "digits/1 does not fit.",
            "digits/1 does not fit. It is tried again once a load has come back, or when somebody asks for it.",
            "digits/1 does not fit. It is tried again in 2000 ms, or when somebody asks for it.",
            "digits/1 does not fit. It is tried again when its files change, or when somebody asks for it.");
    assertThat(lines.lines().get(4).failure()).isSameAs(unexpected);
  }

  @Test
  void shouldPromiseNothingOnceItStops() {
    // given
    stopping.set(true);

    // when
    sayEverything();

    // then
    assertThat(lines.messages())
        .hasSize(5)
        .containsOnly("digits/1 does not fit. Nothing more is loaded: this process is stopping.");
    assertThat(lines.lines()).extracting(RecordedLog.Line::level).containsOnly(Level.INFO);
  }

  private void sayEverything() {
    log.postponed(new Loaded.Postponed(reason, new CompletableFuture<>()));
    log.changed(new Loaded.Changed(reason));
    log.hung(new Loaded.Hung(reason, new CompletableFuture<>()));
    log.failed(new Loaded.Failed(reason), Optional.of(Duration.ofSeconds(2)));
    log.failed(new Loaded.Failed(reason, unexpected), Optional.empty());
  }
}
