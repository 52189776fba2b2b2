// One chart per series: history from the store, then the live edge.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertNotReloaded, launch, openPage, PHONE, value } from './support/browser.mjs';
import { Daemon, PLANT } from './support/daemon.mjs';
import { waitUntil } from './support/wait.mjs';

let daemon;
let browser;
const OVEN = '/explore?series=oven.temperature';

before(async () => {
  daemon = await new Daemon(PLANT).start();
  browser = await launch();
  await waitUntil(
    'there is a history of ten seconds',
    async () => {
      const query = '/api/v1/query?series=oven.temperature&from=now-1h&points=1000';
      const { series } = await daemon.get(query).catch(() => ({ series: [] }));
      const times = series[0]?.data[0] ?? [];
      return times.length > 1 && times.at(-1) - times[0] > 10_000;
    },
    30,
  );
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

/** What the crosshair reads at a share of the chart's width; empty where there is nothing. */
async function readAt(page, share) {
  const box = await page.locator('.u-over').boundingBox();
  await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
  return page.locator('.chart-cursor').textContent();
}

const picture = (page) => page.locator('[data-chart] canvas').evaluate((canvas) => canvas.toDataURL());

test('a click opens a chart with history before its live edge, and it keeps moving', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/');
  await value(page, 'oven.temperature').click();
  await page.locator("[data-chart][data-series='oven.temperature'] canvas").waitFor();
  await page.goto(`${daemon.url}${OVEN}&range=20s`);
  await page.locator('.u-over').waitFor();
  // Ten seconds before the page was opened: nobody but the store can know.
  await waitUntil('the crosshair reads the history', async () =>
    /1\d\d\.\d °C/.test(await readAt(page, 0.5)),
  );
  const before = await picture(page);
  await waitUntil('the picture moves', async () => (await picture(page)) !== before);
  assert.equal(await page.locator('[data-chart] canvas').count(), 1);
  assert.deepEqual(faults, []);
  await close();
});

test('presets choose the span and stand in the address', async () => {
  const { page, close } = await openPage(browser, daemon, OVEN);
  await page.getByRole('button', { name: '1h', exact: true }).click();
  await page.waitForURL(/range=1h$/);
  await page.getByRole('button', { name: '5m', exact: true }).click();
  await page.waitForURL(/range=5m$/);
  await close();
});

test('a drag zooms and pauses, double-click goes back, L follows again', async () => {
  const { page, close } = await openPage(browser, daemon, `${OVEN}&range=20s`);
  await page.locator('.u-over').waitFor();
  await waitUntil('history is there', async () => /°C/.test(await readAt(page, 0.6)));
  const box = await page.locator('.u-over').boundingBox();
  const drag = async (from, to) => {
    await page.mouse.move(box.x + box.width * from, box.y + 80);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * to, box.y + 80, { steps: 8 });
    await page.mouse.up();
  };
  await drag(0.5, 0.8);
  await page.waitForURL(/from=\d+&to=\d+$/);
  const { searchParams } = new URL(page.url());
  const span = Number(searchParams.get('to')) - Number(searchParams.get('from'));
  assert.ok(Math.abs(span - 6_000) < 200, `${span} ms of 20 s`);
  assert.equal(await page.getByRole('button', { name: 'Live' }).getAttribute('aria-pressed'), 'false');
  await page.mouse.dblclick(box.x + box.width / 2, box.y + 80);
  await page.waitForURL(/range=20s$/);
  await page.keyboard.down('Shift');
  await drag(0.4, 0.7);
  await page.keyboard.up('Shift');
  await page.waitForURL(/from=\d+&to=\d+$/);
  await page.keyboard.press('l');
  await page.waitForURL(/range=20s$/);
  assert.equal(await page.getByRole('button', { name: 'Live' }).getAttribute('aria-pressed'), 'true');
  await assertNotReloaded(page);
  await close();
});

test('a link to a span shows that span', async () => {
  const to = Date.now();
  const { page, close } = await openPage(browser, daemon, `${OVEN}&from=${to - 6_000}&to=${to}`);
  await page.locator('.u-over').waitFor();
  await waitUntil('the crosshair reads it', async () => /°C/.test(await readAt(page, 0.5)));
  const still = await picture(page);
  await page.mouse.move(0, 0);
  assert.ok(still.length > 0);
  await close();
});

test('a state is drawn by its names, an event is a list that grows', async () => {
  const { page, close } = await openPage(browser, daemon, '/explore?series=machine&range=20s');
  await page.locator('.u-over').waitFor();
  await waitUntil('the crosshair names the state', async () =>
    /running|idle|fault/.test(await readAt(page, 0.7)),
  );
  await page.goto(`${daemon.url}/explore?series=oven.door&range=1h`);
  await page.locator('.event-list li').first().waitFor();
  const before = await page.locator('.event-list li').count();
  await waitUntil('the list grows', async () => (await page.locator('.event-list li').count()) > before);
  await close();
});

test('a series that the device does not have says so', async () => {
  const { page, close } = await openPage(browser, daemon, '/explore?series=ghost');
  await page.getByText('no series of this name').waitFor();
  await close();
});

test('on a phone a finger pans, and Live follows again', async () => {
  const { page, faults, close } = await openPage(browser, daemon, `${OVEN}&range=20s`, PHONE);
  await page.locator('.u-over').waitFor();
  const box = await page.locator('.u-over').boundingBox();
  const finger = await page.context().newCDPSession(page);
  const touch = (type, x) =>
    finger.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x, y: box.y + 80 }],
    });
  await touch('touchStart', box.x + 60);
  for (let x = 60; x <= 200; x += 20) await touch('touchMove', box.x + x);
  // The finger rests before it lifts: after a flick, chromium takes the next tap as the one that stops it.
  for (let frames = 0; frames < 12; frames++) {
    await touch('touchMove', box.x + 200);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await touch('touchEnd', 0);
  await page.waitForURL(/from=\d+&to=\d+$/);
  await page.getByRole('button', { name: 'Live' }).tap();
  await page.waitForURL(/range=20s$/);
  assert.deepEqual(faults, []);
  await close();
});
