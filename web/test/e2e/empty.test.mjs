// A device that measures nothing yet teaches how to begin.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage, value } from './support/browser.mjs';
import { Daemon } from './support/daemon.mjs';

let daemon;
let browser;

before(async () => {
  daemon = await new Daemon('device: {name: fresh}\nserver: {view: public}\ninputs: []\n').start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

test('without a series the page shows how to get one, and the first one replaces that', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/');
  await page.getByText('Nothing is measured yet').waitFor();
  await page.getByText('plugin: mqtt').waitFor();
  assert.ok(await page.getByText(`${daemon.url}/api/v1/write`).isVisible());
  await daemon.write('room.temperature value=21.5');
  await value(page, 'room.temperature').waitFor();
  assert.deepEqual(faults, []);
  await close();
});
