// Explore, the keys, the palette, kiosk mode and the configuration's editor.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, openPage, value } from './support/browser.mjs';
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

test('series are found by words and share a chart, and the link says all of it', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/explore');
  const field = page.getByRole('combobox', { name: 'Add a series' });
  await field.fill('oven temp');
  await field.press('Enter');
  await page.waitForURL(/series=oven\.temperature/);
  await field.fill('bar');
  await field.press('Enter');
  await page.waitForURL(/series=line\.pressure/);
  await page.locator("[data-chart][data-series='oven.temperature line.pressure'] canvas").waitFor();
  await page.getByLabel('Overlay').selectOption('mean_10s');
  await page.waitForURL(/overlay=mean_10s/);
  await waitUntil(
    'a legend of four',
    async () => (await page.locator('.chart-legend tbody tr').count()) === 4,
  );
  await page.goto(page.url());
  await waitUntil('the link brings it back', async () => (await page.locator('.legend-name').count()) === 4);
  await page.getByRole('button', { name: 'Take line.pressure away' }).click();
  await page.locator("[data-chart][data-series='oven.temperature']").waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test('what is seen is had as CSV and as a picture', async () => {
  const { page, close } = await openPage(browser, daemon, '/explore?series=oven.temperature&range=1m');
  await page.locator('.u-over').waitFor();
  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click(),
  ]);
  const rows = readFileSync(await csv.path(), 'utf8')
    .trim()
    .split('\r\n');
  assert.match(rows[0], /^key,t,/);
  assert.ok(rows.length > 2 && rows[1].startsWith('oven.temperature,'));
  const [png] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'PNG' }).click(),
  ]);
  assert.equal(
    readFileSync(await png.path())
      .subarray(1, 4)
      .toString(),
    'PNG',
  );
  await close();
});

test('a span is chosen by its ends', async () => {
  const { page, close } = await openPage(browser, daemon, '/explore?series=oven.temperature');
  await page.getByTitle('From and to').click();
  await page.getByLabel('From', { exact: true }).fill('2026-01-02T03:00:01');
  await page.getByLabel('To', { exact: true }).fill('2026-01-02T04:00:01');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.waitForURL(/from=\d+&to=\d+$/);
  const { searchParams } = new URL(page.url());
  assert.equal(Number(searchParams.get('to')) - Number(searchParams.get('from')), 3_600_000);
  await close();
});

test('? lists the keys, Ctrl+K goes anywhere', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/');
  await value(page, 'parts').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Find a page/ }).fill('series pressure');
  await page.keyboard.press('Enter');
  await page.waitForURL(/series=line\.pressure/);
  assert.deepEqual(faults, []);
  await close();
});

test('kiosk shows the page alone, by the address or by d k, and stays', async () => {
  const { page, close } = await openPage(browser, daemon, '/?kiosk');
  await value(page, 'parts').waitFor();
  assert.equal(await page.locator('.header').count(), 0);
  await page.keyboard.press('d');
  await page.keyboard.press('k');
  await page.locator('.header').waitFor();
  assert.ok(!page.url().includes('kiosk'));
  await page.keyboard.press('d');
  await page.keyboard.press('k');
  await page.locator('.header').waitFor({ state: 'detached' });
  assert.ok(page.url().includes('kiosk'));
  await close();
});

test('the configuration is checked while it is typed and saved without mistakes alone', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/settings/config');
  const field = page.getByRole('textbox', { name: 'telltale.yaml' });
  await field.waitFor();
  assert.equal(await field.inputValue(), PLANT);
  const save = page.getByRole('button', { name: 'Save' });
  await field.fill(`${PLANT}windws: [1m]\n`);
  await page.getByText("did you mean 'windows'?").waitFor();
  assert.ok(await save.isDisabled());
  await field.fill(`# changed\n${PLANT}`);
  await waitUntil('it can be saved', () => save.isEnabled());
  await save.click();
  await page.getByText('Saved.').waitFor();
  assert.equal(readFileSync(join(daemon.home, 'telltale.yaml'), 'utf8'), `# changed\n${PLANT}`);
  assert.deepEqual(faults, []);
  await close();
});
