// Sends one request over cleartext HTTP/2, with a trailer after its body, and prints the status and headers that come back.
// Usage: node http2.mjs <host:port> '{"headers": {...}, "body": "base64", "trailer": {...}}'
import http2 from 'node:http2';

const [address, json] = process.argv.slice(2);
const { headers, body, trailer } = JSON.parse(json);

const session = http2.connect(`http://${address}`);
const request = session.request(headers, { waitForTrailers: true });
request.on('wantTrailers', () => request.sendTrailers(trailer));
request.on('response', (answer) => console.log(JSON.stringify(answer)));
request.on('end', () => session.close());
request.resume();
request.end(Buffer.from(body, 'base64'));
