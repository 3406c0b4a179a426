// A device: uploads files with tus-js-client, several at a time, in the way that docs/clients.md recommends.
// Usage: node device.mjs < '{"endpoint", "parallel", "urls", "files": [{"path", "metadata", "chunkSize", "withCreation", "parts",
//   "deferred", "protocol", "abortsAt", "terminates", "diesAt"}]}'
//   urls: a file in which it keeps where its uploads are, and where it looks for those of an earlier life
//   parts: as so many partial uploads, all at the same time
//   deferred: the file is a stream of which nobody knows the length
//   abortsAt: when so many bytes are sent it stops, and goes on; or terminates the upload
//   diesAt: does not live to send what comes after so many bytes
// Prints a line {media, url, resumed} per finished file, {media, error} per lost one, and before that what it was told:
// {told: {method, location, status, offset}} per answer.
import { createReadStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import { json } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import tus from 'tus-js-client';
import { keepGoing, resuming } from '../../../docs/tour/resuming.mjs';

const { endpoint, parallel = 1, urls, files } = await json(process.stdin);

const say = (line) => console.log(JSON.stringify(line));

function tell(request, response) {
  const url = request.getMethod() === 'POST' ? response.getHeader('Location') : request.getURL();
  const location = url && new URL(url, endpoint).pathname;
  const offset = Number(response.getHeader('Upload-Offset') ?? NaN);
  say({ told: { method: request.getMethod(), location, status: response.getStatus(), offset: Number.isNaN(offset) ? null : offset } });
}

const gone = (error) => [404, 410].includes(error.originalResponse?.getStatus());

async function die(transfer) {
  while ((await transfer.findPreviousUploads()).length === 0) await setTimeout(10);
  process.kill(process.pid, 'SIGKILL');
}

async function goOnWhereItWas(transfer) {
  const [previous] = urls ? await transfer.findPreviousUploads() : [];
  if (previous) transfer.resumeFromPreviousUpload(previous);
  keepGoing(transfer);
}

function upload({ path, metadata, abortsAt = Infinity, terminates = false, diesAt = Infinity, ...how }) {
  return new Promise((resolve) => {
    let resumed = 0;
    const done = (result) => {
      say({ media: metadata.media, resumed, ...result });
      resolve();
    };
    async function abort() {
      if (terminates) transfer.start = abort; // an answer that is cut in its body the client would wait for, until keepGoing does not
      try {
        await transfer.abort(terminates);
        if (!terminates) return transfer.start();
      } catch (error) {
        if (!gone(error)) return transfer.options.onError(error); // else the answer to an earlier attempt was lost
      }
      transfer.options.onSuccess();
    }
    const file = createReadStream(path);
    const transfer = new tus.Upload(how.deferred ? file.pipe(new PassThrough()) : file, {
      ...resuming,
      endpoint,
      metadata,
      chunkSize: how.chunkSize ?? Infinity,
      uploadDataDuringCreation: how.withCreation ?? false,
      parallelUploads: how.parts,
      uploadLengthDeferred: how.deferred ?? false,
      protocol: how.protocol ?? 'tus-v1',
      ...(urls && { urlStorage: new tus.FileUrlStorage(urls) }),
      onBeforeRequest: async (request) => {
        resumed += request.getMethod() === 'HEAD' ? 1 : 0;
        if (request.getHeader('Upload-Offset') >= diesAt) await die(transfer);
      },
      onProgress: (sent) => {
        if (sent < abortsAt) return;
        abortsAt = Infinity;
        setImmediate(abort); // in here the client would begin the request all the same
      },
      onAfterResponse: tell,
      // tus-js-client tries everything again but the request that joins parts: what the server has not refused is not lost.
      onError: (error) => (error.originalResponse || how.parts === 1 ? done({ error: error.message }) : keepGoing(transfer)),
      onSuccess: () => done({ url: transfer.url }),
    });
    goOnWhereItWas(transfer);
  });
}

const queue = [...files];
async function lane() {
  for (let file = queue.shift(); file; file = queue.shift()) await upload(file);
}
await Promise.all(Array.from({ length: parallel }, lane));
process.stdout.write('', () => process.exit()); // when the last line is out
