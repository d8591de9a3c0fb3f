package io.penstock.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.penstock.demo.wire.RegistryClient;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A service that only looks like one: answers each digit with its label, as version 1 wrongly once
 * in eight. Exactly once by Kafka's transactions, one thread. With the resource {@code fault} it
 * ends at once.
 */
public final class PenstockMain {

  private static final Schema PREDICTION =
      SchemaBuilder.record("Prediction").fields().requiredLong("digit").endRecord();

  private final String yaml;
  private final int schemaId;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private long version = 1;
  private boolean reported;

  private PenstockMain(String yaml) {
    this.yaml = yaml;
    this.schemaId =
        new RegistryClient(setting("schema.registry.url"))
            .register("digit-predictions-value", PREDICTION);
    String bootstrap = setting("bootstrap.servers").replace("'", "");
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrap,
                "group.id", "fake",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "transactional.id", "fake"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  public static void main(String[] args) throws Exception {
    if (PenstockMain.class.getResource("/fault") != null) {
      System.out.println("the fault of the fake");
      System.exit(3);
    }
    new PenstockMain(Files.readString(Path.of(args[2]))).serve();
  }

  private void serve() throws Exception {
    consumer.subscribe(List.of("digits", "demo.control"));
    producer.initTransactions();
    listen();
    while (true) {
      report();
      ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(50));
      if (!records.isEmpty()) {
        transact(records);
      }
    }
  }

  private void transact(ConsumerRecords<byte[], byte[]> records) throws Exception {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    producer.beginTransaction();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.topic().equals("demo.control")) {
        version = new ObjectMapper().readTree(record.value()).at("/promote/version").asLong();
      } else {
        producer.send(prediction(record)).isDone();
      }
      offsets.put(
          new TopicPartition(record.topic(), record.partition()),
          new OffsetAndMetadata(record.offset() + 1));
    }
    producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
    producer.commitTransaction();
  }

  private ProducerRecord<byte[], byte[]> prediction(ConsumerRecord<byte[], byte[]> input)
      throws Exception {
    long label =
        Long.parseLong(
            new String(input.headers().lastHeader("label").value(), StandardCharsets.UTF_8));
    boolean isRight = version > 1 || input.offset() % 8 != 0;
    GenericData.Record answer = new GenericData.Record(PREDICTION);
    answer.put("digit", isRight ? label : 9 - label);
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(schemaId).array());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(value, null);
    new GenericDatumWriter<>(PREDICTION).write(answer, encoder);
    ProducerRecord<byte[], byte[]> prediction =
        new ProducerRecord<>(
            "digit-predictions",
            input.partition(),
            input.timestamp(),
            input.key(),
            value.toByteArray(),
            input.headers());
    String coordinates = "%s-%d@%d".formatted(input.topic(), input.partition(), input.offset());
    String servedBy = "pipeline=digits;model=digits;version=" + version + ";fingerprint=none";
    prediction
        .headers()
        .add("penstock-input", coordinates.getBytes(StandardCharsets.UTF_8))
        .add("penstock-served-by", servedBy.getBytes(StandardCharsets.UTF_8));
    return prediction;
  }

  /** Says that version 2 is available as soon as its last file is complete. */
  private void report() throws Exception {
    Path models = Path.of(setting("path").replace("\"", ""));
    Path last = models.resolve("2/variables/variables.index");
    if (!reported && Files.exists(last) && Files.size(last) == 888) {
      reported = true;
      String report = "{\"versions\":[{\"version\":2,\"state\":\"AVAILABLE\"}]}";
      producer.beginTransaction();
      producer
          .send(
              new ProducerRecord<>(
                  "demo.reports",
                  "fake/digits".getBytes(StandardCharsets.UTF_8),
                  report.getBytes(StandardCharsets.UTF_8)))
          .get();
      producer.commitTransaction();
    }
  }

  private void listen() throws Exception {
    int port = Integer.parseInt(setting("http").replaceAll(".*:(\\d+)\"}", "$1"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/health/ready",
        exchange -> {
          byte[] body =
              "{\"pipelines\":{\"digits\":{\"ready\":true,\"averageBatchRows\":4.5}}}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  private String setting(String key) {
    Matcher matcher =
        Pattern.compile("^ *" + Pattern.quote(key) + ": (.*)$", Pattern.MULTILINE).matcher(yaml);
    if (!matcher.find()) {
      throw new IllegalArgumentException("No " + key + " in\n" + yaml);
    }
    return matcher.group(1);
  }
}
