package io.penstock.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

  @Test
  void shouldJudgeAsJavasOwnDecoderDoes() {
    long base = Long.getLong("penstock.property.seed", 1L);
    for (long seed = base; seed < base + 200_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = bytes(random);

      assertThat(Utf8.isValid(bytes))
          .as("seed: %d %s", seed, HexFormat.of().formatHex(bytes))
          .isEqualTo(decodes(bytes));
    }
  }

  @Test
  void shouldSayWhereTheFirstInvalidCharacterBegins() {
    byte[] bytes = "0123456789ä".getBytes(StandardCharsets.UTF_8);
    bytes[11] = 'x';

    assertThat(Utf8.firstInvalid(bytes)).isEqualTo(10);
  }

  @Test
  void shouldCountTheBytesOfCharacters() {
    "aä€\uD83D\uDE00"
        .codePoints()
        .forEach(
            c ->
                assertThat(Utf8.length(c))
                    .isEqualTo(Character.toString(c).getBytes(StandardCharsets.UTF_8).length));
  }

  /** Characters of all lengths, ASCII between, and now and then a byte of another kind. */
  private static byte[] bytes(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append("x".repeat(random.nextInt(10)));
      text.appendCodePoint(1 << random.nextInt(20));
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0 && random.nextBoolean()) {
      bytes[random.nextInt(bytes.length)] = (byte) (0x80 | random.nextInt(0x80));
    }
    return bytes;
  }

  private static boolean decodes(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
