import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What clients.js does, by Confluent's own serializer and deserializer for Java, which are on the
 * class path: `java -cp JAR ConfluentClient.java`. Besides, the serializer has to write of each
 * prediction that the deserializer has read the very bytes that Penstock has written.
 */
public class ConfluentClient {

  public static void main(String[] arguments) throws IOException {
    JsonNode task = new ObjectMapper().readTree(System.in);
    Map<String, Object> registry =
        Map.of("schema.registry.url", text(task, "registryUrl"), "auto.register.schemas", true);
    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer();
        KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer()) {
      serializer.configure(registry, false);
      deserializer.configure(registry, false);
      write(task, serializer);
      for (byte[] value : read(task)) {
        Object prediction = deserializer.deserialize(text(task, "output"), value);
        byte[] again = serializer.serialize(text(task, "output"), prediction);
        if (!Arrays.equals(value, again)) {
          throw new IllegalStateException(
              "prediction: %s, and Confluent's serializer writes %s"
                  .formatted(HexFormat.of().formatHex(value), HexFormat.of().formatHex(again)));
        }
        System.out.println(prediction);
      }
    }
  }

  private static void write(JsonNode task, KafkaAvroSerializer serializer) {
    Schema schema = new Schema.Parser().parse(text(task, "schema"));
    String topic = text(task, "input");
    Map<String, Object> keys = Map.of("bootstrap.servers", text(task, "bootstrapServers"));
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(keys, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (JsonNode record : task.get("records")) {
        producer.send(
            new ProducerRecord<>(topic, serializer.serialize(topic, value(schema, record))),
            (metadata, failure) -> {
              if (failure != null) {
                throw new IllegalStateException("not sent", failure);
              }
            });
      }
    }
  }

  private static List<byte[]> read(JsonNode task) {
    List<byte[]> values = new ArrayList<>();
    Map<String, Object> keys =
        Map.of(
            "bootstrap.servers", text(task, "bootstrapServers"),
            "isolation.level", "read_committed",
            "auto.offset.reset", "earliest",
            "enable.auto.commit", "false");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(keys, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(new TopicPartition(text(task, "output"), 0)));
      while (values.size() < task.get("records").size()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          values.add(record.value());
        }
      }
    }
    return values;
  }

  private static Object value(Schema schema, JsonNode json) {
    return switch (schema.getType()) {
      case RECORD -> {
        GenericRecord record = new GenericData.Record(schema);
        schema
            .getFields()
            .forEach(field -> record.put(field.pos(), value(field.schema(), json.get(field.name()))));
        yield record;
      }
      case UNION -> json.isNull() ? null : value(schema.getTypes().get(1), json);
      case ARRAY -> {
        List<Object> items = new ArrayList<>();
        json.forEach(item -> items.add(value(schema.getElementType(), item)));
        yield items;
      }
      case MAP -> {
        Map<String, Object> entries = new HashMap<>();
        json.fields()
            .forEachRemaining(
                entry -> entries.put(entry.getKey(), value(schema.getValueType(), entry.getValue())));
        yield entries;
      }
      case ENUM -> new GenericData.EnumSymbol(schema, json.asText());
      case STRING -> json.asText();
      case LONG -> json.asLong();
      case FLOAT -> json.floatValue();
      default -> throw new IllegalArgumentException("no values of " + schema);
    };
  }

  private static String text(JsonNode task, String key) {
    return task.get(key).asText();
  }
}
