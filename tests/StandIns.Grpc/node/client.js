// Calls a server with the gRPC client that most of the world uses, and prints what it saw as JSON.
// Usage: node client.js <host:port> <file.proto>
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const [address, protoFile] = process.argv.slice(2);
const { Echo } = grpc.loadPackageDefinition(loadSync(protoFile, { defaults: true })).standins.test;
const client = new Echo(address, grpc.credentials.createInsecure());

const failure = (error) => ({
  code: error.code,
  details: error.details,
  head: error.metadata.get('head'),
  raw: error.metadata.get('raw-bin').map((bytes) => [...bytes]),
});

/** A unary call: its reply or failure, with the response's headers and trailers. */
function say(request, metadata = new grpc.Metadata(), options = {}) {
  return new Promise((resolve) => {
    const seen = {};
    const call = client.say(request, metadata, options, (error, reply) => {
      if (error) return resolve(failure(error));
      seen.text = reply.text;
      seen.length = reply.data.length;
    });
    call.on('metadata', (headers) => {
      seen.from = headers.get('from-server');
      seen.raw = headers.get('raw-bin').map((bytes) => [...bytes]);
    });
    call.on('status', (status) => {
      if (status.code === grpc.status.OK) resolve({ ...seen, code: 0, head: status.metadata.get('head') });
    });
  });
}

/** A stream: the numbers that came, and how it ended; onData may end it. */
function count(request, onData = () => {}) {
  return new Promise((resolve) => {
    const numbers = [];
    const call = client.count(request);
    call.on('data', (reply) => {
      numbers.push(reply.number);
      onData(call);
    });
    call.on('error', (error) => resolve({ numbers, ...failure(error) }));
    call.on('end', () => {});
    call.on('status', (status) => {
      if (status.code === grpc.status.OK) resolve({ numbers, code: 0, head: status.metadata.get('head') });
    });
  });
}

function unknownMethod() {
  const same = (bytes) => bytes;
  return new Promise((resolve) => {
    client.makeUnaryRequest('/standins.test.Echo/Shout', same, same, Buffer.alloc(0), (error) => resolve(failure(error)));
  });
}

const metadata = new grpc.Metadata();
metadata.set('authorization', 'Bearer x');
metadata.set('raw-bin', Buffer.from([1, 2, 255]));

const report = {
  unary: await say({ text: 'hello' }),
  empty: await say({}),
  metadata: await say({ text: 'metadata' }, metadata),
  stream: await count({ text: 'three' }),
  streamThatFails: await count({ text: 'fail' }),
  failure: await say({ text: 'fail' }),
  deadline: await say({ text: 'wait' }, new grpc.Metadata(), { deadline: new Date(Date.now() + 200) }),
  cancelled: await count({ text: 'wait' }, (call) => call.cancel()),
  large: await say({ data: Buffer.alloc(3 * 1024 * 1024) }),
  tooLarge: await say({ data: Buffer.alloc(5 * 1024 * 1024) }),
  unknownMethod: await unknownMethod(),
  manyStreams: (await Promise.all(Array.from({ length: 100 }, () => count({ text: 'three' })))).map((stream) => stream.numbers.length),
};
client.close();
console.log(JSON.stringify(report));
