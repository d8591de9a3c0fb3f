package io.penstock.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class LogicalTypeDifferenceTest {

  private static final String MILLIS =
      "{\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}";
  private static final String MICROS =
      "{\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}";
  private static final String TIME = "{\"type\": \"int\", \"logicalType\": \"time-millis\"}";

  @Test
  void shouldFindEveryPlaceThatWouldBeReadOtherwise() {
    String record =
        """
        {"type": "record", "name": "Event", "fields": [
          {"name": "at", "type": T},
          {"name": "all", "type": {"type": "array", "items": {"type": "map", "values": T}}},
          {"name": "next", "type": ["null", "Event"]},
          {"name": "maybe", "type": ["null", T]}]}
        """;

    assertThat(between(record.replace("T", MICROS), record.replace("T", MILLIS)))
        .extracting(LogicalTypeDifference::location)
        .containsExactly(".at", ".all[]{}", ".maybe");
    assertThat(between(MICROS, MILLIS))
        .containsExactly(new LogicalTypeDifference("", "timestamp-millis", "timestamp-micros"));
  }

  @Test
  void shouldGoByTheBranchThatTakesWhatWasWritten() {
    String either = "[\"null\", %s, %s]".formatted(TIME, MICROS);

    assertThat(between(either, "[%s, \"null\"]".formatted(MICROS))).isEmpty();
    assertThat(between(either, TIME)).isEmpty();
    assertThat(between("[\"null\", %s]".formatted(MICROS), TIME))
        .as("an int that is widened")
        .containsExactly(new LogicalTypeDifference("", "time-millis", "timestamp-micros"));
  }

  @Test
  void shouldFindFieldsByTheReadersAliases() {
    String reader =
        """
        {"type": "record", "name": "Event", "fields": [
          {"name": "time", "aliases": ["at"], "type": %s}]}
        """;
    String writer =
        """
        {"type": "record", "name": "Event", "fields": [{"name": "at", "type": %s}]}
        """;

    assertThat(between(reader.formatted(MICROS), writer.formatted(MILLIS)))
        .extracting(LogicalTypeDifference::location)
        .containsExactly(".time");
  }

  @Test
  void shouldCompareScalesAndDigitsOfDecimals() {
    String decimal =
        "{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": %d, \"scale\": %d}";

    assertThat(between(decimal.formatted(9, 2), decimal.formatted(9, 3)))
        .containsExactly(new LogicalTypeDifference("", "decimal(9, 3)", "decimal(9, 2)"));
    assertThat(between(decimal.formatted(12, 2), decimal.formatted(9, 2))).isEmpty();
    assertThat(between(decimal.formatted(9, 2), decimal.formatted(12, 2)))
        .containsExactly(new LogicalTypeDifference("", "decimal(12, 2)", "decimal(9, 2)"));
  }

  @Test
  void shouldHoldNothingAgainstAPlainTypeOrOneThatDoesNotFit() {
    assertThat(between("\"long\"", MILLIS)).isEmpty();
    assertThat(between(MILLIS, "\"long\"")).isEmpty();
    assertThat(between("\"string\"", MILLIS)).isEmpty();
    assertThat(between("[\"null\", \"string\"]", MILLIS)).isEmpty();
  }

  private static List<LogicalTypeDifference> between(String reader, String writer) {
    return LogicalTypeDifference.between(schema(reader), schema(writer));
  }

  private static Schema schema(String json) {
    return new Schema.Parser().parse(json);
  }
}
