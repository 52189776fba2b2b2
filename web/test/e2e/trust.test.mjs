// How far to trust what is seen: how readings are spread, whose clock times are by, what is uncertain, what the daemon says.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESKTOP, launch, openPage, PHONE } from './support/browser.mjs';
import { Daemon } from './support/daemon.mjs';
import { waitUntil } from './support/wait.mjs';

// On loopback alone, whoever gets there is an admin.
const CONFIG = `device: {name: press-7}
server: {view: public}
storage: {commit: 1s}
inputs:
  - id: plant
    plugin: simulator
    options:
      every: 5ms
      seed: 3
      waves:
        - {name: oven.noise, shape: noise, unit: °C, offset: 180, amplitude: 15, decimals: 1}
  - {id: lost, plugin: mqtt, options: {url: "mqtt://plant:hunter2@127.0.0.1:1", subscribe: [{topic: a}]}}
dashboards:
  - name: spread
    panels:
      - {y: oven.noise, span: 20s, percentiles: [p5-p95, p25-p75], width: 12, height: 8}
`;

let daemon;
let browser;
// Midnight of a winter's day in New York is five in the morning by UTC, and two in the afternoon in Tokyo.
const MIDNIGHT = Date.UTC(2026, 0, 15, 5);
const NEW_YORK = { ...DESKTOP, timezoneId: 'America/New_York' };
const NIGHT = `from=${MIDNIGHT}&to=${MIDNIGHT + 4 * 3_600_000}`;

before(async () => {
  daemon = await new Daemon(CONFIG, { TZ: 'Asia/Tokyo' }).start();
  browser = await launch();
  const lines = Array.from(
    { length: 240 },
    (_, i) => `night.oven value=${180 + (i % 7)} ${MIDNIGHT + i * 60_000}`,
  );
  const answer = await fetch(`${daemon.url}/api/v1/write?precision=ms`, {
    method: 'POST',
    body: lines.join('\n'),
  });
  assert.equal(answer.status, 204);
  await waitUntil('there are more readings than fit', async () => {
    const { series } = await daemon.get('/api/v1/query?series=oven.noise&from=now-1m&stat=count&points=1');
    return (series[0].data[1] ?? []).reduce((sum, count) => sum + count, 0) > 1_000;
  });
  // A source whose clock is ahead of ours is not believed: its readings are of now, and uncertain.
  const ahead = Date.now() + 7 * 86_400_000;
  for (let i = 0; i < 5; i += 1) {
    await daemon.write(`doubtful value=${20 + i} ${(ahead + i) * 1_000_000}`);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

/** Pixels of the plot that have some colour of their own. */
const coloured = (page) =>
  page.locator('[data-chart] canvas').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 0) count += 1;
    return count;
  });

test('bands between percentiles are drawn of history, go on live, and stand in the address', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/explore?series=oven.noise&range=20s');
  await page.locator('.u-over').waitFor();
  const asked = page.waitForRequest((request) => request.url().includes('percentiles=5%2C25%2C75%2C95'));
  await page.getByRole('combobox', { name: 'Band', exact: true }).selectOption('p5-p95 p25-p75');
  const answer = await (await (await asked).response()).json();
  assert.deepEqual(answer.series[0].columns.slice(-4), ['p5', 'p25', 'p75', 'p95']);
  await page.waitForURL(/band=p5-p95&band=p25-p75&range=20s/);
  await page.locator('[data-chart]:not([data-loading]) .u-over').waitFor();
  const before = await coloured(page);
  await waitUntil('the bands grow with what comes live', async () => (await coloured(page)) > before);
  assert.deepEqual(faults, []);
  await close();
});

test('a panel of a dashboard has them, by its document', async () => {
  const asked = [];
  const { page, faults, close } = await openPage(browser, daemon, '/d/spread', DESKTOP, async (made) => {
    made.on('request', (request) => asked.push(request.url()));
  });
  await page.locator('[data-chart] canvas').waitFor();
  await waitUntil('percentiles are asked for', () =>
    asked.some((url) => url.includes('percentiles=5%2C25%2C75%2C95')),
  );
  assert.deepEqual(faults, []);
  await close();
});

test('times are by the clock of the browser or of the device, remembered, and in the address', async () => {
  const path = `/explore?series=night.oven&${NIGHT}`;
  const { page, faults, close } = await openPage(browser, daemon, path, NEW_YORK);
  await page.locator('.u-over').waitFor();
  const summary = page.locator('.range-custom summary');
  await waitUntil('the span is said by the browser', async () =>
    /15 00:00 – 04:00/.test(await summary.textContent()),
  );
  const toggle = page.getByRole('button', { name: 'Device time' });
  await toggle.click();
  await page.waitForURL(/tz=device/);
  await waitUntil('by the device', async () => /15 14:00 – 18:00/.test(await summary.textContent()));
  await page.locator('.u-over').waitFor();
  const box = await page.locator('.u-over').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 80);
  await waitUntil('so does the crosshair', async () =>
    /1[56]:\d\d:\d\d/.test(await page.locator('.chart-cursor').textContent()),
  );
  await summary.click();
  await waitUntil(
    'the form has the span, by the device',
    async () => (await page.getByLabel('From', { exact: true }).inputValue()) === '2026-01-15T14:00',
  );
  await page.getByLabel('From', { exact: true }).fill('2026-01-15T15:00');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.waitForURL(new RegExp(`from=${MIDNIGHT + 3_600_000}&`));
  // Remembered by this browser, also where the address says nothing.
  await page.goto(`${daemon.url}${path}`);
  await waitUntil('it is remembered', async () => /15 14:00 – 18:00/.test(await summary.textContent()));
  await summary.click();
  await page.getByRole('radio', { name: /^Browser time/ }).click();
  await waitUntil('and given up', async () => /15 00:00 – 04:00/.test(await summary.textContent()));
  assert.deepEqual(faults, []);
  await close();
});

test('a link says whose time it is in; another browser shows the same', async () => {
  const path = `/explore?series=night.oven&${NIGHT}&tz=device`;
  const { page, close } = await openPage(browser, daemon, path, { ...PHONE, timezoneId: 'Europe/Berlin' });
  const summary = page.locator('.range-custom summary');
  await waitUntil('by the device', async () => /15 14:00 – 18:00/.test(await summary.textContent()));
  await close();
});

test('what is uncertain is hatched, and the crosshair says so', async () => {
  const { series } = await daemon.get('/api/v1/query?series=doubtful&from=now-1h&stat=raw');
  assert.equal(series[0].uncertain.length, 1);
  const [first, last] = series[0].uncertain[0];
  const { page, faults, close } = await openPage(
    browser,
    daemon,
    `/explore?series=doubtful&from=${first - 500}&to=${last + 500}`,
  );
  await page.locator('[data-chart][data-uncertain] .u-over').waitFor();
  const box = await page.locator('.u-over').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 80);
  await page.locator('.chart-cursor', { hasText: 'clock uncertain' }).waitFor();
  await page.goto(`${daemon.url}/explore?series=oven.noise&range=20s`);
  await page.locator('[data-chart]:not([data-loading]):not([data-uncertain]) .u-over').waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test('the log is read on the page, without passwords, and grows', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/settings');
  await page.getByRole('link', { name: 'Read the log' }).click();
  await page.waitForURL(/\/settings\/log$/);
  await page.locator('.log-lines li', { hasText: 'Telltale' }).first().waitFor();
  assert.doesNotMatch(await page.locator('.log-lines').textContent(), /hunter2/);
  const reloaded = page.locator('.log-lines li', { hasText: 'configuration taken over' });
  daemon.process.kill('SIGHUP');
  await reloaded.first().waitFor();
  await page.getByRole('combobox', { name: 'How grave' }).selectOption('error');
  await waitUntil('only what is grave is left', async () => {
    const levels = await page
      .locator('.log-lines li')
      .evaluateAll((rows) => rows.map((row) => row.dataset.level));
    return levels.every((level) => level === 'error');
  });
  assert.deepEqual(faults, []);
  await close();
});
