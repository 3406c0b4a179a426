// Sends one GET over cleartext HTTP/2, with the headers that come on standard input as JSON, and prints what comes back.
// Usage: node http2head.mjs <host:port>
import http2 from 'node:http2';
import { text } from 'node:stream/consumers';

const headers = JSON.parse(await text(process.stdin));
const session = http2.connect(`http://${process.argv[2]}`, { maxSendHeaderBlockLength: 4 << 20 });
const request = session.request({ ...headers, ':path': '/readyz' });
request.on('response', async (head) => {
  console.log(JSON.stringify({ head, body: await text(request) }));
  session.close();
});
request.end();
