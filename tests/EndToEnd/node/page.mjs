// The script of the page that browser.mjs shows: what a page of an operator would do.
import Uppy from '@uppy/core';
import Tus from '@uppy/tus';
import * as tus from 'tus-js-client';
import { keepGoing, resuming } from '../../../docs/tour/resuming.mjs';

const picked = () => [...document.querySelector('input').files];

const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

const sha256 = async (file) => hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));

function told(request, response) {
  const offset = response.getHeader('Upload-Offset');
  const location = request.getMethod() === 'POST' ? response.getHeader('Location') : new URL(request.getURL()).pathname;
  return { method: request.getMethod(), location, status: response.getStatus(), offset: offset && Number(offset) };
}

/**
 * Uploads the file that is called as its metadata say with tus-js-client, or goes on with it if this browser has begun to.
 * `hashes`: the page says what the file hashes to; `resumes`: it tries again what fails; `signedIn`: its requests take the
 * browser's credentials along; all else goes to tus-js-client.
 */
async function upload({ hashes, resumes, signedIn = false, ...options }) {
  const file = picked().find(({ name }) => name === options.metadata.filename);
  const answers = [];
  if (hashes) options.metadata.sha256 = await sha256(file);
  const transfer = new tus.Upload(file, {
    ...(resumes ? resuming : { retryDelays: [] }),
    ...options,
    onBeforeRequest: (request) => { request.getUnderlyingObject().withCredentials = signedIn; },
    onAfterResponse: (request, response) => { answers.push(told(request, response)); },
  });
  const [previous] = await transfer.findPreviousUploads();
  if (previous) transfer.resumeFromPreviousUpload(previous);
  return new Promise((resolve) => {
    transfer.options.onSuccess = () => resolve({ url: transfer.url, answers });
    transfer.options.onError = ({ message, originalResponse: response }) =>
      resolve({ answers, error: message, status: response?.getStatus(), problem: response && JSON.parse(response.getBody()) });
    keepGoing(transfer);
  });
}

/** Whether this browser knows of an upload to go on with. With parallelUploads it does when all parts have their URLs. */
const remembers = () => localStorage.length > 0;

/** Uploads all picked files with Uppy. `metadata`: of each, by its name; `resumes`: as above; all else goes to the tus plugin. */
async function uploadWithUppy({ metadata, resumes, ...options }) {
  const uppy = new Uppy().use(Tus, { retryDelays: resumes ? resuming.retryDelays : [], ...options });
  for (const file of picked()) uppy.addFile({ name: file.name, type: file.type, data: file, meta: metadata[file.name] });
  const { successful, failed } = await uppy.upload();
  return [...successful, ...failed].map(({ meta, uploadURL, error }) => ({ media: meta.media, url: uploadURL, error }));
}

/** An ordinary request of the script, perhaps with the picked file: what it may know of the answer. */
async function ask({ url, sends, ...how }) {
  const body = sends ? picked()[0] : how.body;
  try {
    const response = await fetch(url, { ...how, body });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  } catch (error) {
    return { error: error.name };
  }
}

/** The browser remembers who its visitor is. */
const signIn = (name) => { document.cookie = `visitor=${name}`; };

/** The first event of a feed, or null if the page may not hear it. */
const hear = ({ url, name, ...how }) => new Promise((resolve) => {
  const feed = new EventSource(url, how);
  feed.onerror = () => resolve(null);
  feed.addEventListener(name, (event) => resolve(event.data));
});

Object.assign(globalThis, { upload, remembers, uploadWithUppy, ask, signIn, hear });
