package io.penstock.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.schemas.DeadLetter;
import java.nio.ByteBuffer;
import java.util.List;

/** Letters of records that were {@code v<offset>} in partition 0 of {@code in}. */
final class Letters {

  private Letters() {}

  static StoredLetter of(String pipeline, String reason, int partition, long offset) {
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setPipeline(pipeline)
            .setStage("DECODE")
            .setReason(reason)
            .setMessage("why")
            .setTopic("in")
            .setPartition(0)
            .setOffset(offset)
            .setTimestamp(1_000_000 + offset)
            .setKeyBytes(0)
            .setValueBytes(2)
            .setValue(ByteBuffer.wrap(("v" + offset).getBytes(UTF_8)))
            .setHeaders(List.of())
            .build();
    return new StoredLetter(partition, offset, letter);
  }
}
