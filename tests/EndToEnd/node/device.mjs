// A device: uploads files with tus-js-client, several at a time, in the way that docs/clients.md recommends.
// Usage: node device.mjs < '{"endpoint", "parallel", "files": [{"path", "metadata", "chunkSize", "withCreation", "parts"}]}'
// Prints a line {media, url, resumed} per finished file, {media, error} per lost one, and before that what it was told:
// {told: {method, location, status, offset}} per answer.
import { createReadStream } from 'node:fs';
import { json } from 'node:stream/consumers';
import tus from 'tus-js-client';
import { keepGoing, resuming } from '../../../docs/tour/resuming.mjs';

const { endpoint, parallel = 1, files } = await json(process.stdin);

const say = (line) => console.log(JSON.stringify(line));

function tell(request, response) {
  const url = request.getMethod() === 'POST' ? response.getHeader('Location') : request.getURL();
  const location = url && new URL(url, endpoint).pathname;
  const offset = Number(response.getHeader('Upload-Offset') ?? NaN);
  say({ told: { method: request.getMethod(), location, status: response.getStatus(), offset: Number.isNaN(offset) ? null : offset } });
}

function upload({ path, metadata, chunkSize = Infinity, withCreation = false, parts = 1 }) {
  return new Promise((resolve) => {
    let resumed = 0;
    const done = (result) => {
      say({ media: metadata.media, resumed, ...result });
      resolve();
    };
    const transfer = new tus.Upload(createReadStream(path), {
      ...resuming,
      endpoint,
      metadata,
      chunkSize,
      uploadDataDuringCreation: withCreation,
      parallelUploads: parts,
      onBeforeRequest: (request) => { resumed += request.getMethod() === 'HEAD' ? 1 : 0; },
      onAfterResponse: tell,
      onError: (error) => done({ error: error.message }),
      onSuccess: () => done({ url: transfer.url }),
    });
    keepGoing(transfer);
  });
}

const queue = [...files];
async function lane() {
  for (let file = queue.shift(); file; file = queue.shift()) await upload(file);
}
await Promise.all(Array.from({ length: parallel }, lane));
process.stdout.write('', () => process.exit()); // when the last line is out
