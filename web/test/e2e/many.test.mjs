// A thousand series on one page: all can be scrolled to, few are there at once, and the newest values arrive.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage, value, waitForChange } from './support/browser.mjs';
import { Daemon } from './support/daemon.mjs';
import { waitUntil } from './support/wait.mjs';

const COUNT = 1_000;
let daemon;
let browser;
const lines = (offset) =>
  Array.from({ length: COUNT }, (_, i) => `s${i % 5}.v${i} value=${i + offset}`).join('\n');

before(async () => {
  daemon = await new Daemon('device: {name: many}\nserver: {view: public}\ninputs: []\n').start();
  await daemon.write(lines(0));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

test('a thousand tiles scroll, few of them are made, and what is seen moves', async (t) => {
  const { page, faults, close } = await openPage(browser, daemon, '/');
  await value(page, 's0.v0').waitFor();
  const made = await page.locator('.tile').count();
  t.diagnostic(`${made} of ${COUNT} tiles are made`);
  assert.ok(made > 10 && made < COUNT / 2);
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  await waitUntil('the last one comes', async () => {
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    return (await value(page, 's4.v999').count()) === 1;
  });
  const last = value(page, 's4.v999');
  await waitUntil('its value is there', async () => (await last.textContent()) === '999');
  await daemon.write(lines(1_000));
  assert.match(await waitForChange(last, '999'), /^1,?999$/);
  assert.deepEqual(faults, []);
  await close();
});
