// Pages of other sites, which the browser itself keeps apart: one that server.cors lists, and one that it does not.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch } from './support/browser.mjs';
import { Daemon } from './support/daemon.mjs';

let browser;
let daemon;
const sites = [];

/** A site with one empty page. */
async function openSite() {
  const server = createServer((_, answer) =>
    answer.setHeader('Content-Type', 'text/html').end('<!doctype html><p>'),
  );
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  sites.push(server);
  return `http://127.0.0.1:${server.address().port}`;
}

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
  for (const site of sites) site.close();
});

/** What the page of `site` gets: [status of a read, status of a post, what a WebSocket did]. */
async function tries(site) {
  const page = await browser.newPage();
  await page.goto(site);
  const found = await page.evaluate(async (url) => {
    const status = async (path, options) =>
      fetch(url + path, options).then(
        (answer) => answer.status,
        () => 'kept apart',
      );
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`);
    const opened = new Promise((done) => {
      socket.onopen = () => done('open');
      socket.onerror = () => done('refused');
    });
    const token = { Authorization: 'Bearer tt_none' };
    return [
      await status('/api/v1/series', {}),
      await status('/api/v1/write', { method: 'POST', body: 'a value=1\n' }),
      await status('/api/v1/series', { headers: token }),
      await opened,
    ];
  }, daemon.url);
  await page.close();
  return found;
}

test('a listed site reads, posts only with a token, and one that is not listed gets nothing', async () => {
  const [listed, other] = [await openSite(), await openSite()];
  daemon = await new Daemon(`server: {view: public, write: lan, cors: ['${listed}']}\ninputs: []\n`).start();
  assert.deepEqual(
    await tries(listed),
    [200, 401, 401, 'open'],
    'a header of its own is asked for first, and allowed',
  );
  assert.deepEqual(await tries(other), ['kept apart', 'kept apart', 'kept apart', 'refused']);
});
