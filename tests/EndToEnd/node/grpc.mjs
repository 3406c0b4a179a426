// Makes unary calls with the gRPC client that most of the world uses, over as many connections as it is told to open.
// Each line on stdin is answered by a line with its id, in whatever order the servers answer:
// {id, open: "host:port", watching}: a new connection, over which so many jobs are watched; its name is this line's id.
// {id, on: name, method: "Jobs/GetJob", request}: {id, reply} or {id, failure: {code, details, ingestError}}.
// {id, close: name}: the connection and its streams end.
import readline from 'node:readline';
import { channel, connect, failure, toJson } from './protos.mjs';

const connections = new Map();

function open(address) {
  const shared = channel(address);
  const clients = {};
  return { client: (service) => (clients[service] ??= connect(service, shared)), end: () => shared.close() };
}

const begins = (stream) => new Promise((resolve) => stream.on('error', resolve).on('metadata', resolve));

async function watch(connection, count) {
  const feed = connection.client('ActivityFeed');
  const begun = Array.from({ length: count }, (_, number) => begins(feed.watch({ job: `watched-${number}` })));
  await Promise.race([Promise.all(begun), new Promise((resolve) => { setTimeout(resolve, 5000).unref(); })]);
}

function call(connection, method, request) {
  const [service, name] = method.split('/');
  const deadline = Date.now() + 30_000;
  return new Promise((resolve) => {
    connection.client(service)[name](request, { deadline }, (error, reply) => resolve(error ? { failure: failure(error) } : { reply }));
  });
}

async function answer(line) {
  if (line.method) return call(connections.get(line.on), line.method, line.request);
  if (line.open) {
    connections.set(line.id, open(line.open));
    await watch(connections.get(line.id), line.watching);
  } else {
    connections.get(line.close).end();
    connections.delete(line.close);
  }
  return {};
}

for await (const text of readline.createInterface({ input: process.stdin })) {
  const line = JSON.parse(text);
  answer(line).then((what) => console.log(toJson({ id: line.id, ...what })));
}
process.stdout.write('', () => process.exit()); // when the last line is out
