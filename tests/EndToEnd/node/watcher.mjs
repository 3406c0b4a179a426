// A dashboard: watches a job's feed, or those of many, and prints each event as a line. When the stream breaks it
// watches again by itself, from the last position that it has of each job.
// Usage: node watcher.mjs <host:port> '{"watched": [{"job", "after"}], "many", "jobs", "progress", "slow", "until"}'
//   many: watches all of them on one stream; jobs: hears of all jobs, too
//   slow: takes an event only when a line `next` comes on stdin, so that flow control holds the server back; `hurry` ends that
//   until: ends after so many media have ended (stored, duplicate or failed)
import readline from 'node:readline';
import grpc from '@grpc/grpc-js';
import { channel, connect, failure, toJson } from './protos.mjs';

const [address, options] = process.argv.slice(2);
const { watched, many = false, jobs = false, progress = false, slow = false, until = Infinity } = JSON.parse(options);
const client = connect('ActivityFeed', channel(address));
const cuts = [grpc.status.UNAVAILABLE, grpc.status.INTERNAL];

let ended = 0;
let permits = slow ? 0 : Infinity;
let permitted = () => {};

readline.createInterface({ input: process.stdin })
  .on('line', (line) => {
    permits = line === 'hurry' ? Infinity : permits + 1;
    permitted();
  })
  .on('close', () => process.exit());

async function permission() {
  while (permits === 0) await new Promise((resolve) => { permitted = resolve; });
  permits--;
}

/** What is known of the job up to an event, or nothing any more. */
function remember({ job, seq, checksum, feedReset }) {
  if (seq) watched.find((one) => one.job === job).after = { seq, checksum };
  if (feedReset) watched.find((one) => one.job === job).after = undefined;
}

function take(event) {
  remember(event);
  if (event.mediaStored || event.mediaDuplicate || event.uploadFailed) ended++;
  console.log(toJson({ event }));
  return ended < until;
}

function open() {
  const metadata = new grpc.Metadata({ waitForReady: true });
  return many
    ? client.watchMany({ watched, progress, jobs }, metadata)
    : client.watch({ ...watched[0], progress }, metadata);
}

/** One stream, until it breaks; false when there is nothing more to watch. */
async function watch() {
  const call = open();
  call.on('metadata', () => console.log(toJson({ watching: watched.length })));
  try {
    for await (const event of call) {
      await permission();
      if (!take(event)) return false;
    }
    return true;
  } catch (error) {
    if (cuts.includes(error.code)) return true;
    console.log(toJson({ failure: failure(error) }));
    return false;
  } finally {
    call.cancel();
  }
}

while (await watch());
process.stdout.write('', () => process.exit()); // when the last line is out
