// A device: uploads files with tus-js-client, several at a time, and comes back by tus-js-client's own retry.
// Usage: node device.mjs < '{"endpoint", "parallel", "files": [{"path", "metadata", "chunkSize", "withCreation"}]}'
// Prints a line {media, url, resumed} per finished file, {media, error} per lost one.
import { createReadStream } from 'node:fs';
import { json } from 'node:stream/consumers';
import tus from 'tus-js-client';

const { endpoint, parallel = 1, files } = await json(process.stdin);
const retryDelays = [0, 1000, 3000, 5000];

function upload({ path, metadata, chunkSize = Infinity, withCreation = false }) {
  return new Promise((resolve) => {
    let resumed = 0;
    const done = (result) => {
      console.log(JSON.stringify({ media: metadata.media, resumed, ...result }));
      resolve();
    };
    const transfer = new tus.Upload(createReadStream(path), {
      endpoint,
      metadata,
      chunkSize,
      uploadDataDuringCreation: withCreation,
      retryDelays,
      onBeforeRequest: (request) => { resumed += request.getMethod() === 'HEAD' ? 1 : 0; },
      onError: (error) => done({ error: error.message }),
      onSuccess: () => done({ url: transfer.url }),
    });
    transfer.start();
  });
}

const queue = [...files];
async function lane() {
  for (let file = queue.shift(); file; file = queue.shift()) await upload(file);
}
await Promise.all(Array.from({ length: parallel }, lane));
process.stdout.write('', () => process.exit()); // when the last line is out
