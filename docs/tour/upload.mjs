// node upload.mjs <endpoint> <file>…   Uploads files with tus-js-client; a cut connection is resumed by itself.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import * as tus from 'tus-js-client'
import { keepGoing, resuming } from './resuming.mjs'

const [endpoint, ...files] = process.argv.slice(2)

async function sha256(file) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

for (const file of files) {
  const upload = new tus.Upload(createReadStream(file), {
    ...resuming,
    endpoint,
    chunkSize: 8 * 1024 * 1024,
    uploadDataDuringCreation: true,
    metadata: { filename: basename(file), device: 'tour', media: randomUUID(), sha256: await sha256(file) },
    onProgress: (sent, all) => process.stdout.write(`\r${file}: ${sent} of ${all} bytes`),
    onSuccess: () => console.log(`\r${file}: stored at ${upload.url}`),
    onError: error => console.error(`\n${file}: ${error.message}`),
  })
  keepGoing(upload)
}
