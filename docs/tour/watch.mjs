// node watch.mjs <host:port> <job> [after]   Prints a job's numbers, then its feed until you stop it.
import { fileURLToPath } from 'node:url'
import grpc from '@grpc/grpc-js'
import loader from '@grpc/proto-loader'

const [address, job, after = '0'] = process.argv.slice(2)
const protos = fileURLToPath(new URL('../../protos', import.meta.url))
const definition = loader.loadSync(['ingest/v1/activity.proto', 'ingest/v1/jobs.proto'], {
  includeDirs: [protos], longs: Number, enums: String, bytes: String, oneofs: true,
})
const { ingest } = grpc.loadPackageDefinition(definition)
const credentials = grpc.credentials.createInsecure()

new ingest.v1.Jobs(address, credentials).GetJob({ job }, (error, reply) => {
  console.log(error ? `${error.code}: ${error.details}` : reply.received)

  const feed = new ingest.v1.ActivityFeed(address, credentials).Watch({ job, after, progress: true })
  feed.on('data', event => console.log(event.seq, event.what, event.media, JSON.stringify(event[event.what])))
  feed.on('error', error => console.error(`${error.code}: ${error.details}`))
})
