// A browser: Chromium without a window, and the origin of the page that it shows (page.mjs).
// Usage: node browser.mjs <port>; each line {id, tab, step, with: [...]} on stdin is answered by a line {id, reply} or {id, failure}:
//   open, url: a tab with storage of its own, with the page at one of its origins
//   pick, path...: somebody picks files
//   run, function, argument: calls a function of the page; what it gives is the reply
//   begin, function, argument: the same, and nobody waits for its end
//   ask, request: the page's script makes a request; the reply is what it may know of the answer, and all headers that were sent
//   reload, close
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import readline from 'node:readline';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const [port] = process.argv.slice(2);

const { outputFiles: [script] } = await build({ entryPoints: ['page.mjs'], bundle: true, format: 'esm', write: false, outdir: '.' });
const html = '<!doctype html><title>A page</title><input type="file" multiple><script type="module" src="/page.js"></script>';
const site = http.createServer(({ url }, response) =>
  url === '/page.js'
    ? response.setHeader('Content-Type', 'text/javascript').end(script.text)
    : response.setHeader('Content-Type', 'text/html').end(html));
site.listen(port, '127.0.0.1');

const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
const browser = await chromium.launch({ executablePath });

const tabs = {};

const steps = {
  async open(name, url) {
    tabs[name] = await browser.newPage();
    await tabs[name].goto(url);
  },
  pick: (name, ...paths) => tabs[name].setInputFiles('input', paths),
  run: (name, ...call) => tabs[name].evaluate(([what, argument]) => globalThis[what](argument), call),
  begin: (name, ...call) => tabs[name].evaluate(([what, argument]) => { globalThis[what](argument); }, call),
  async ask(name, request) {
    const coming = tabs[name].waitForResponse(request.url).catch(() => null);
    const read = await steps.run(name, 'ask', request);
    return read.error ? read : { ...read, sent: await (await coming).allHeaders() };
  },
  reload: (name) => tabs[name].reload(),
  close: (name) => tabs[name].close(),
};

async function answer({ id, tab, step, with: what }) {
  try {
    const reply = await steps[step](tab, ...what);
    console.log(JSON.stringify({ id, reply: reply ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ id, failure: error.message }));
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) answer(JSON.parse(line));
await browser.close();
process.exit();
