// Writes records with somebody else's client, reads the predictions with the same, and prints them
// as lines of JSON, in the order in which they came. What to do is one JSON object on standard input:
// client, bootstrapServers, registryUrl, input, output, schema (as text), records.
import { readFileSync } from 'node:fs';
import confluent from '@confluentinc/schemaregistry';
import kafkajsRegistry from '@kafkajs/confluent-schema-registry';
import kafkajs from 'kafkajs';

const task = JSON.parse(readFileSync(0, 'utf8'));
const subject = `${task.input}-value`;

/** What each client makes of a value and of a framed one. */
const clients = {
  '@kafkajs/confluent-schema-registry': async () => {
    const registry = new kafkajsRegistry.SchemaRegistry({ host: task.registryUrl });
    const { COMPATIBILITY, SchemaType } = kafkajsRegistry;
    const { id } = await registry.register(
      { type: SchemaType.AVRO, schema: task.schema },
      { subject, compatibility: COMPATIBILITY.NONE }); // What the registry has: it would change it.
    return {
      encode: (record) => registry.encode(id, record),
      decode: (value) => registry.decode(value),
    };
  },
  '@confluentinc/schemaregistry': async () => {
    const registry = new confluent.SchemaRegistryClient({ baseURLs: [task.registryUrl] });
    await registry.register(subject, { schemaType: 'AVRO', schema: task.schema });
    const { SerdeType } = confluent;
    const writer = new confluent.AvroSerializer(
      registry, SerdeType.VALUE, { autoRegisterSchemas: false, useLatestVersion: true });
    const reader = new confluent.AvroDeserializer(registry, SerdeType.VALUE, {});
    return {
      encode: (record) => writer.serialize(task.input, record),
      decode: (value) => reader.deserialize(task.output, value),
    };
  },
};

const { encode, decode } = await clients[task.client]();
const kafka = new kafkajs.Kafka({
  brokers: [task.bootstrapServers],
  logLevel: kafkajs.logLevel.WARN,
});

const producer = kafka.producer();
await producer.connect();
for (const record of task.records) {
  await producer.send({ topic: task.input, messages: [{ value: await encode(record) }] });
}
await producer.disconnect();

const consumer = kafka.consumer({ groupId: `${task.output}-reader` });
await consumer.connect();
await consumer.subscribe({ topics: [task.output], fromBeginning: true });
let left = task.records.length;
await new Promise((resolve, reject) => {
  consumer.run({
    eachMessage: async ({ message }) => {
      try {
        process.stdout.write(`${JSON.stringify(await decode(message.value))}\n`);
      } catch (e) {
        reject(e);
      }
      if (--left === 0) {
        resolve();
      }
    },
  }).catch(reject);
});
await consumer.disconnect();
