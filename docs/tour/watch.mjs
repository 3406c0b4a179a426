// node watch.mjs <host:port> <job> [after]   Prints a job's numbers, then its feed until you stop it.
// `after` is the position of the last event that you have, as it is printed before each: 17-9f3a0c1b.
import { fileURLToPath } from 'node:url'
import grpc from '@grpc/grpc-js'
import loader from '@grpc/proto-loader'

const [address, job, after] = process.argv.slice(2)
const protos = fileURLToPath(new URL('../../protos', import.meta.url))
const definition = loader.loadSync(['ingest/v1/activity.proto', 'ingest/v1/jobs.proto'], {
  includeDirs: [protos], longs: Number, enums: String, bytes: String, oneofs: true,
})
const { ingest } = grpc.loadPackageDefinition(definition)
const credentials = grpc.credentials.createInsecure()

const parse = (text) => {
  const [seq, checksum] = text.split('-')
  return { seq, checksum: parseInt(checksum, 16) }
}
const position = ({ seq, checksum }) => (seq ? `${seq}-${checksum.toString(16).padStart(8, '0')}` : '')

new ingest.v1.Jobs(address, credentials).GetJob({ job }, (error, reply) => {
  console.log(error ? `${error.code}: ${error.details}` : reply.received)

  const watched = { job, after: after && parse(after), progress: true }
  const feed = new ingest.v1.ActivityFeed(address, credentials).Watch(watched)
  feed.on('data', event =>
    console.log(position(event), event.what, event.media ?? '', JSON.stringify(event[event.what])))
  feed.on('error', error => console.error(`${error.code}: ${error.details}`))
})
