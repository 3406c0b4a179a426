// A web page: uploads files with Uppy and its tus plugin, as device.mjs does with tus-js-client alone.
// Usage: node uppy.mjs < '{"endpoint", "parallel", "files": [{"path", "metadata"}]}'
// In Node there are no XMLHttpRequest and no page to go offline; so requests go the way that tus-js-client has in Node, and
// the plugin, which sets a flag on each XMLHttpRequest, gets something to set it on.
// Prints a line {media, url} per finished file, {media, error} per lost one.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { json } from 'node:stream/consumers';
import Uppy from '@uppy/core';
import Tus from '@uppy/tus';
import tus from 'tus-js-client';
import { resuming } from '../../../docs/tour/resuming.mjs';

const { endpoint, parallel, files } = await json(process.stdin);

class HttpStack extends tus.DefaultHttpStack {
  createRequest(...how) {
    const request = super.createRequest(...how);
    const flags = {};
    request.getUnderlyingObject = () => flags;
    return request;
  }
}

const fileReader = {
  openFile: async (file, chunkSize) => tus.defaultOptions.fileReader.openFile(Buffer.from(await file.arrayBuffer()), chunkSize),
};

const uppy = new Uppy({ autoProceed: false }).use(Tus, {
  endpoint,
  limit: parallel,
  chunkSize: 300_000,
  retryDelays: resuming.retryDelays,
  httpStack: new HttpStack(),
  fileReader,
});
for (const { path, metadata } of files) {
  const name = basename(path);
  uppy.addFile({ name, type: 'image/jpeg', data: new File([await readFile(path)], name), meta: metadata });
}

const { successful, failed } = await uppy.upload();
for (const { meta, uploadURL, error } of [...successful, ...failed]) {
  console.log(JSON.stringify({ media: meta.media, url: uploadURL, error }));
}
process.stdout.write('', () => process.exit()); // when the last line is out
