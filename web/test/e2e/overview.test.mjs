// The page that makes itself, in a real browser, from a real daemon.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  DESKTOP,
  launch,
  openPage,
  PHONE,
  shown,
  value,
  waitForChange,
  waitForConnection,
} from './support/browser.mjs';
import { Daemon, PLANT } from './support/daemon.mjs';
import { waitUntil } from './support/wait.mjs';

let daemon;
let browser;

before(async () => {
  daemon = await new Daemon(PLANT).start();
  await waitUntil('all six series are there', async () => (await daemon.get('/api/v1/series')).length === 6);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

test('every series has a tile that moves by itself, and nobody else is asked for anything', async (t) => {
  const began = performance.now();
  const { page, faults, close } = await openPage(browser, daemon, '/');
  const first = await value(page, 'oven.temperature').textContent();
  await waitForChange(value(page, 'oven.temperature'), first);
  t.diagnostic(`moving ${Math.round(performance.now() - began)} ms after the navigation began`);
  await waitForConnection(page, 'live');
  const keys = (await daemon.get('/api/v1/series')).map(({ key }) => key).sort();
  const tiles = await page
    .locator('.tile')
    .evaluateAll((all) => all.map((tile) => tile.dataset.series).sort());
  assert.deepEqual(tiles, keys);
  assert.match(await page.title(), /press-7/);
  assert.deepEqual(faults, []);
  await close();
});

test('a tile shows value, unit, quality and age as the device says them', async () => {
  const { page, close } = await openPage(browser, daemon, '/');
  const tile = page.locator(".tile[data-series='oven.temperature']");
  await tile.locator('[data-value]').waitFor();
  assert.match(await tile.locator('[data-value]').textContent(), /^1\d\d\.\d$/);
  assert.equal(await tile.locator('.tile-unit').textContent(), '°C');
  assert.equal(await tile.getAttribute('data-quality'), 'good');
  assert.equal(await tile.locator('[data-age]').textContent(), 'now');
  assert.match(await shown(page, 'machine'), /^(running|idle|fault)$/);
  assert.match(await shown(page, 'oven.door'), /^(opened by the operator|closed)$/);
  await close();
});

test('a new series appears by itself', async () => {
  const { page, close } = await openPage(browser, daemon, '/');
  await value(page, 'parts').waitFor();
  await daemon.write('room.temperature value=21.5');
  assert.equal(await shown(page, 'room.temperature'), '21.5');
  await daemon.write('room.temperature value=22.25');
  assert.equal(await waitForChange(value(page, 'room.temperature'), '21.5'), '22.25');
  await close();
});

test('a series that falls silent goes stale, and says since when', async () => {
  const { page, close } = await openPage(browser, daemon, '/');
  await value(page, 'parts').waitFor();
  for (let i = 0; i < 6; i += 1) {
    await daemon.write(`silent value=${i}`);
    await value(page, 'silent')
      .filter({ hasText: String(i) })
      .waitFor();
  }
  await page.locator(".tile[data-series='silent'][data-quality='stale']").waitFor({ timeout: 20_000 });
  assert.match(await page.locator(".tile[data-series='silent'] [data-age]").textContent(), /^\d+ s ago$/);
  await close();
});

test('the search finds by words, / goes to it, Escape leaves it', async () => {
  const { page, close } = await openPage(browser, daemon, '/');
  await value(page, 'parts').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('temperature oven');
  await page.waitForFunction(() => document.querySelectorAll('.tile').length === 1);
  await page.keyboard.type(' nothing like it');
  await page.getByText('No series has').waitFor();
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelectorAll('.tile').length >= 6);
  await close();
});

test('arrows walk over the tiles, Enter opens the chart, Back returns to the place', async () => {
  const { page, close } = await openPage(browser, daemon, '/', { viewport: { width: 700, height: 400 } });
  await value(page, 'machine').waitFor();
  await page.locator('.tile').first().focus();
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowDown');
  const key = await page.evaluate(() => document.activeElement.dataset.series);
  assert.notEqual(key, await page.locator('.tile').first().getAttribute('data-series'));
  const scrolled = await page.evaluate(() => window.scrollY);
  assert.ok(scrolled > 0, 'the focus brought the page along');
  await page.keyboard.press('Enter');
  await page.locator('[data-chart]').waitFor();
  assert.match(page.url(), new RegExp(`/explore\\?series=${encodeURIComponent(key)}&range=15m$`));
  await page.keyboard.press('Escape');
  await value(page, 'machine').waitFor();
  assert.equal(await page.evaluate(() => window.scrollY), scrolled);
  await close();
});

for (const [name, options] of [
  ['desktop', DESKTOP],
  ['phone', PHONE],
]) {
  for (const path of [
    '/',
    '/explore?series=machine',
    '/explore?series=oven.door',
    '/inputs',
    '/settings',
    '/nowhere',
  ]) {
    test(`nothing sticks out sideways: ${path} on a ${name}`, async () => {
      const { page, faults, close } = await openPage(browser, daemon, path, options);
      await waitForConnection(page, 'live');
      await page.locator('main > *').first().waitFor();
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(wide, 0);
      assert.deepEqual(faults, []);
      await close();
    });
  }
}

test('it is dark where the system is dark, and light by choice, remembered', async () => {
  const { page, close } = await openPage(browser, daemon, '/settings', { ...DESKTOP, colorScheme: 'dark' });
  const brightness = () =>
    page.evaluate(() => {
      const [red, green, blue] = getComputedStyle(document.documentElement)
        .backgroundColor.match(/\d+/g)
        .map(Number);
      return (red + green + blue) / 3;
    });
  await page.getByText('Appearance', { exact: true }).waitFor();
  assert.ok((await brightness()) < 60);
  await page.getByLabel('Light', { exact: true }).check();
  assert.ok((await brightness()) > 200);
  await page.reload();
  await page.getByText('Appearance', { exact: true }).waitFor();
  assert.ok((await brightness()) > 200);
  await close();
});

test('an address that leads nowhere says so', async () => {
  const { page, close } = await openPage(browser, daemon, '/nowhere');
  await page.getByText('There is nothing at /nowhere').waitFor();
  await page.getByText('To the overview').click();
  await value(page, 'parts').waitFor();
  await close();
});
