// Makes unary calls with the gRPC client that most of the world uses.
// Usage: node grpc.mjs <host:port> [watching]; so many jobs are watched over the same connection. Each line on stdin
// {id, method: "Jobs/GetJob", request} is answered by a line {id, reply} or {id, failure: {code, details, ingestError}},
// in whatever order the server answers.
import readline from 'node:readline';
import { connect, failure, toJson } from './protos.mjs';

const [address, watching = 0] = process.argv.slice(2);
const clients = {};

const feed = connect('ActivityFeed', address);
const begun = Array.from({ length: Number(watching) }, (_, number) =>
  new Promise((resolve) => feed.watch({ job: `watched-${number}` }).on('error', () => {}).on('metadata', resolve)),
);
await Promise.race([Promise.all(begun), new Promise((resolve) => { setTimeout(resolve, 5000).unref(); })]);

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { id, method, request } = JSON.parse(line);
  const [service, name] = method.split('/');
  const client = (clients[service] ??= connect(service, address));
  const deadline = Date.now() + 30_000;
  client[name](request, { deadline }, (error, reply) =>
    console.log(toJson(error ? { id, failure: failure(error) } : { id, reply })),
  );
}
process.stdout.write('', () => process.exit()); // when the last line is out
