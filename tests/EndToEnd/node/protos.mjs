// The public API as a JavaScript caller sees it: the protos of this repository, loaded by the real gRPC library.
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const protos = fileURLToPath(new URL('../../../protos', import.meta.url));
const files = ['activity', 'devices', 'jobs'].map((name) => `ingest/v1/${name}.proto`);
const { ingest } = grpc.loadPackageDefinition(
  loadSync(files, { includeDirs: [protos], longs: String, enums: String, bytes: String }),
);
// Without a pool of its own a channel shares the connection, and the wait for the next one, of all others to that address.
const options = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 500, 'grpc.use_local_subchannel_pool': 1 };

/** A connection to <host:port> or to https://<host:port>. */
export function channel(address) {
  const { createSsl, createInsecure } = grpc.credentials;
  const isSecure = address.startsWith('https://');
  return new grpc.Channel(isSecure ? new URL(address).host : address, isSecure ? createSsl() : createInsecure(), options);
}

/** A client of a service of ingest.v1. */
export const connect = (service, channelOverride) => new ingest.v1[service]('', null, { channelOverride });

const isTimestamp = (key, value) => /^(at|.*At)$/.test(key) && typeof value === 'object' && value !== null;

const toTime = ({ seconds = 0, nanos = 0 }) => new Date(Number(seconds) * 1000 + nanos / 1e6).toISOString();

/** A message as protobuf's own JSON, which writes times as text. */
export const toJson = (message) =>
  JSON.stringify(message, (key, value) => (isTimestamp(key, value) ? toTime(value) : value));

/** What a failed call says. */
export const failure = (error) => ({
  code: error.code,
  details: error.details,
  ingestError: error.metadata?.get('ingest-error')[0] ?? '',
});
