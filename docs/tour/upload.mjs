// node upload.mjs <endpoint> <file>…   Uploads files with tus-js-client; a cut connection is resumed by itself.
import { randomUUID } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import * as tus from 'tus-js-client'

const [endpoint, ...files] = process.argv.slice(2)

for (const file of files) {
  const upload = new tus.Upload(createReadStream(file), {
    endpoint,
    uploadSize: statSync(file).size,
    chunkSize: 8 * 1024 * 1024,
    retryDelays: [0, 1000, 3000, 5000],
    metadata: { filename: basename(file), device: 'tour', media: randomUUID() },
    onProgress: (sent, all) => process.stdout.write(`\r${file}: ${sent} of ${all} bytes`),
    onSuccess: () => console.log(`\r${file}: stored at ${upload.url}`),
    onError: error => console.error(`\n${file}: ${error.message}`),
  })
  upload.start()
}
