// Calls a server by the client that protoc has generated of TensorFlow Serving's own interface, and prints
// a line of JSON for each call: what was answered, or {"error", "message"}. What to do is one JSON object
// on standard input: address, and calls of {service, method, request}.
const { readFileSync } = require('node:fs');
const { ChannelCredentials } = require('@grpc/grpc-js');
const { GrpcTransport } = require('@protobuf-ts/grpc-transport');
const { SignatureDefMap } = require('./generated/tensorflow_serving/apis/get_model_metadata');
const prediction = require('./generated/tensorflow_serving/apis/prediction_service.client');
const model = require('./generated/tensorflow_serving/apis/model_service.client');

const task = JSON.parse(readFileSync(0, 'utf8'));
const transport = new GrpcTransport({
  host: task.address,
  channelCredentials: ChannelCredentials.createInsecure(),
});
const clients = {
  PredictionService: new prediction.PredictionServiceClient(transport),
  ModelService: new model.ModelServiceClient(transport),
};

async function answer({ service, method, request }) {
  const described = clients[service].methods.find((one) => one.name === method);
  try {
    const { response } = await clients[service][described.localName](described.I.fromJson(request));
    return described.O.toJson(response, { typeRegistry: [SignatureDefMap] });
  } catch (e) {
    return { error: e.code ?? e.name, message: e.message };
  }
}

(async () => {
  for (const call of task.calls) {
    process.stdout.write(`${JSON.stringify(await answer(call))}\n`);
  }
  transport.close();
})();
