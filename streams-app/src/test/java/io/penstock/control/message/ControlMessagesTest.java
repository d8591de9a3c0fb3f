package io.penstock.control.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import io.penstock.schemas.Command;
import io.penstock.schemas.GivenUp;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import io.penstock.schemas.PipelineStatus;
import io.penstock.schemas.Preparation;
import io.penstock.schemas.Promote;
import io.penstock.schemas.Readiness;
import io.penstock.schemas.TimelineEntry;
import io.penstock.schemas.VersionState;
import io.penstock.schemas.VersionStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlMessagesTest {

  private static final Instant TIME = Instant.parse("2026-11-22T10:15:30.123Z");

  private final ControlMessages messages = ControlMessages.jsonOnly();

  @Test
  void shouldReadThePromotionThatPeopleType() {
    Decoded<Command> decoded =
        messages.command(utf8("{\"promote\":{\"model\":\"digits\",\"version\":2}}\n"));

    assertThat(decoded)
        .isEqualTo(
            new Decoded.Message<>(
                Command.newBuilder()
                    .setPromote(Promote.newBuilder().setModel("digits").setVersion(2L).build())
                    .build()));
  }

  @Test
  void shouldWriteNaturalJson() {
    Command command =
        Command.newBuilder()
            .setPromote(
                Promote.newBuilder().setModel("digits").setVersion(2L).setExpected(1L).build())
            .setDeadline(TIME)
            .build();

    assertThat(new String(ControlMessages.encode(command), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"promote\":{\"model\":\"digits\",\"version\":2,\"expected\":1},"
                + "\"deadline\":\"2026-11-22T10:15:30.123Z\"}");
  }

  @Test
  void shouldReadWhatItWrites() {
    assertThat(messages.decision(ControlMessages.encode(decision())))
        .isEqualTo(new Decoded.Message<>(decision()));
    assertThat(messages.report(ControlMessages.encode(report())))
        .isEqualTo(new Decoded.Message<>(report()));
  }

  @Test
  void shouldReadAvroByItsWritersSchema() throws IOException {
    ControlMessages withRegistry =
        ControlMessages.withRegistry(new FixedRegistry(7, Command.getClassSchema()));
    Command command =
        Command.newBuilder()
            .setPromote(Promote.newBuilder().setModel("digits").setVersion(2L).build())
            .setDeadline(TIME)
            .build();

    assertThat(withRegistry.command(avro(7, command))).isEqualTo(new Decoded.Message<>(command));
  }

  @Test
  void shouldSurviveAnAvroWriterThatIsOlderAndNewer() throws IOException {
    // version is an int, expected is not there yet; urgency is not there any more
    Schema promote =
        SchemaBuilder.record("Promote")
            .fields()
            .requiredString("model")
            .requiredInt("version")
            .endRecord();
    Schema writer =
        SchemaBuilder.record("Command")
            .fields()
            .name("promote")
            .type(promote)
            .noDefault()
            .requiredString("urgency")
            .endRecord();
    GenericData.Record command =
        new GenericRecordBuilder(writer)
            .set(
                "promote",
                new GenericRecordBuilder(promote).set("model", "digits").set("version", 2).build())
            .set("urgency", "high")
            .build();
    ByteArrayOutputStream bytes = frame(3);
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericData.Record>(writer).write(command, encoder);
    encoder.flush();

    Decoded<Command> decoded =
        ControlMessages.withRegistry(new FixedRegistry(3, writer)).command(bytes.toByteArray());

    assertThat(decoded)
        .isEqualTo(
            new Decoded.Message<>(
                Command.newBuilder()
                    .setPromote(Promote.newBuilder().setModel("digits").setVersion(2L).build())
                    .build(),
                List.of("urgency")));
  }

  @Test
  void shouldNoteUnknownFields() {
    Decoded.Message<Command> message =
        message(
            messages.command(
                utf8(
                    "{\"promote\":{\"model\":\"m\",\"version\":1,\"expectd\":1},"
                        + "\"new\":[1],\"nil\":null}")));

    assertThat(message.unknownFields()).containsExactly("promote.expectd", "new");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"promote\":{\"model\":\"m\",\"version\":\"2\"}} | promote.version: \"2\" (expected: a whole number)",
        "{\"promote\":{\"model\":\"m\",\"version\":2.0}}   | promote.version: 2.0 (expected: a whole number)",
        "{\"promote\":{\"model\":\"m\",\"version\":1e2}}   | promote.version: 100.0 (expected: a whole number)",
        "{\"promote\":{\"model\":\"m\",\"version\":99999999999999999999}} | promote.version: 99999999999999999999 (expected: a whole number)",
        "{\"load\":{\"model\":\"m\",\"version\":null}}     | load.version: null (expected: a whole number)",
        "{\"load\":{\"model\":\"m\"}}                      | load.version: missing (expected: a whole number)",
        "{\"promote\":{\"version\":2}}                     | promote.model: missing (expected: text)",
        "{\"promote\":{\"model\":7,\"version\":2}}         | promote.model: 7 (expected: text)",
        "{\"promote\":\"digits\"}                          | promote: \"digits\" (expected: an object)",
        "{\"promote\":{\"model\":\"m\",\"version\":2},\"deadline\":\"tomorrow\"} | deadline: \"tomorrow\" (expected: a time like 2026-01-31T12:00:00Z)",
        "{\"promote\":{\"model\":\"m\",\"version\":2}} {}  | not JSON: Trailing token",
        "{\"promote\":{},\"promote\":{}}                   | not JSON: Duplicate field 'promote'",
        "{\"promote\"                                      | not JSON: Unexpected end-of-input",
        "promote digits 2                                  | first byte: 0x70 (expected: '{' of JSON, or 0x00 of Avro in Confluent's framing)",
        "[1]                                               | first byte: 0x5B",
      })
  void shouldSayWhatIsWrong(String json, String reason) {
    assertThat(reason(messages.command(utf8(json)))).startsWith(reason);
  }

  @Test
  void shouldSayWhatIsWrongWithAvro() throws IOException {
    byte[] known = avro(7, Command.newBuilder().build());
    ControlMessages withRegistry =
        ControlMessages.withRegistry(new FixedRegistry(7, Command.getClassSchema()));

    assertThat(reason(messages.command(known))).contains("no registry is configured");
    assertThat(reason(withRegistry.command(new byte[] {0, 0})))
        .isEqualTo("size: 2 bytes (expected: 0x00 and a schema id of 4 bytes)");
    assertThat(reason(withRegistry.command(new byte[] {0, 0, 0, 0, 9, 0})))
        .startsWith("schema id: 9 cannot be looked up");
    assertThat(reason(withRegistry.command(Arrays.copyOf(known, known.length + 1))))
        .endsWith("bytes are left over");
    assertThat(reason(withRegistry.command(Arrays.copyOf(known, 7))))
        .startsWith("not Avro of schema 7 (io.penstock.schemas.Command)");
  }

  @Test
  void shouldRefuseEmptyAndHugeMessages() {
    assertThat(reason(messages.command(null))).startsWith("the message is empty");
    assertThat(reason(messages.command(new byte[0]))).startsWith("the message is empty");
    assertThat(reason(messages.command(new byte[ControlMessages.MAX_BYTES + 1])))
        .isEqualTo("size: 1,048,577 bytes (expected: at most 1,048,576)");
  }

  @Test
  void shouldReadAnUnknownStateAsUnknown() {
    String json =
        new String(ControlMessages.encode(report()), StandardCharsets.UTF_8)
            .replace("AVAILABLE", "HIBERNATING");

    InstanceReport read = message(messages.report(utf8(json))).value();

    assertThat(read.getVersions().get(0).getState()).isEqualTo(VersionState.UNKNOWN);
  }

  /** So that a newer release's message is no garbage to an older one. */
  @Test
  void shouldReadUnknownPhasesAndAnswersAsUnknown() {
    String decided = new String(ControlMessages.encode(decision()), StandardCharsets.UTF_8);
    String reported = new String(ControlMessages.encode(report()), StandardCharsets.UTF_8);

    assertThat(message(messages.decision(utf8(decided.replace("PREPARE", "SCHEDULED")))).value())
        .extracting(ModelDecision::getPhase)
        .isEqualTo(Phase.UNKNOWN);
    assertThat(message(messages.report(utf8(reported.replace("FAILED", "TIRED")))).value())
        .extracting(report -> report.getPreparation().getReadiness())
        .isEqualTo(Readiness.UNKNOWN);
  }

  @Test
  void shouldNeverThrowWhateverTheBytes() throws IOException {
    long seed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(seed);
    ControlMessages withRegistry =
        ControlMessages.withRegistry(new FixedRegistry(7, ModelDecision.getClassSchema()));
    byte[][] seeds = {ControlMessages.encode(decision()), avro(7, decision())};
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = seeds[i % 2].clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      if (random.nextInt(10) == 0) {
        random.nextBytes(bytes);
      }

      assertThat(withRegistry.decision(bytes)).as("seed %d, round %d", seed, i).isNotNull();
    }
  }

  private static ModelDecision decision() {
    return ModelDecision.newBuilder()
        .setModel("digits")
        .setPhase(Phase.PREPARE)
        .setActive(1L)
        .setTarget(2L)
        .setEpoch(17)
        .setTime(TIME)
        .setDeadline(TIME.plusSeconds(300))
        .setBy("ops")
        .setLabels(Map.of("canary", 2L))
        .setPins(List.of(1L, 2L))
        .setUnloaded(List.of(5L))
        .setPaused(List.of("p"))
        .setRequire(0.5)
        .setManifest(Map.of("saved_model.pb", "ab"))
        .setActiveManifest(Map.of("saved_model.pb", "cd"))
        .setPreviousManifest(Map.of())
        .setTimeline(List.of(new TimelineEntry(1L, null, 4L), new TimelineEntry(3L, TIME, 9L)))
        .setGivenUp(List.of(new GivenUp(2L, 4L)))
        .setProtocolLevel(1)
        .build();
  }

  private static InstanceReport report() {
    return InstanceReport.newBuilder()
        .setInstance("a")
        .setModel("digits")
        .setTime(TIME)
        .setProtocolLevel(1)
        .setHeartbeat(3)
        .setVersions(List.of(new VersionStatus(1L, VersionState.AVAILABLE, null)))
        .setAspired(List.of(1L, 2L))
        .setPipelines(List.of(new PipelineStatus("p", "in", "RUNNING", "")))
        .setPreparation(new Preparation(17L, 2L, Readiness.FAILED, "no such file"))
        .build();
  }

  private static <T> Decoded.Message<T> message(Decoded<T> decoded) {
    return (Decoded.Message<T>) decoded;
  }

  private static String reason(Decoded<?> decoded) {
    return ((Decoded.Garbage<?>) decoded).reason();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] avro(int id, SpecificRecord record) throws IOException {
    ByteArrayOutputStream bytes = frame(id);
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    GenericData data = new GenericData();
    data.addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    new GenericDatumWriter<>(record.getSchema(), data).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  private static ByteArrayOutputStream frame(int id) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0);
    bytes.write(ByteBuffer.allocate(4).putInt(id).array());
    return bytes;
  }

  /** A registry that knows one schema. */
  private record FixedRegistry(int id, Schema schema) implements SchemaRegistry {

    @Override
    public Schema schemaById(int wanted) {
      if (wanted != id) {
        throw new RegistryException(
            RegistryException.Kind.NOT_FOUND, "schema " + wanted + " not found", null);
      }
      return schema;
    }

    @Override
    public RegisteredSchema latest(String subject) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int idOf(String subject, Schema wanted) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int register(String subject, Schema wanted) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isCompatible(String subject, Schema wanted) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
