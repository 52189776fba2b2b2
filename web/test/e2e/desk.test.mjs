// What is done with what is seen: pinned, measured, compared, played, copied; and many tabs at once.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
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

const HALL = `# mine
title: Hall
span: 30s
panels:
  - {title: Oven, y: [oven.temperature, line.pressure]} # two lines
  - {panel: stat, y: parts}
  - {panel: scoreboard, y: machine}
`;
const OVEN = '/explore?series=oven.temperature&range=10s';
let daemon;
let browser;
const file = (name) => join(daemon.home, 'dashboards', `${name}.yaml`);

before(async () => {
  daemon = await new Daemon(PLANT).start();
  mkdirSync(join(daemon.home, 'dashboards'));
  writeFileSync(file('hall'), HALL);
  browser = await launch();
  await waitUntil(
    'there are ten seconds of history',
    async () => {
      const { series } = await daemon
        .get('/api/v1/query?series=oven.temperature&from=now-1h&points=1000')
        .catch(() => ({ series: [] }));
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

async function drag(page, chart, from, to) {
  const box = await chart.boundingBox();
  await page.mouse.move(box.x + box.width * from, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, box.y + 60, { steps: 6 });
  await page.mouse.up();
}

test('a tile is pinned to a dashboard, whose author’s lines stay as they were', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/');
  const tile = page.locator(".tile[data-series='line.pressure']");
  await tile.waitFor();
  await tile.hover();
  await page.getByRole('button', { name: 'Pin line.pressure to a dashboard' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Hall' }).click();
  await page.getByRole('link', { name: 'Show' }).click();
  await page.locator(".stat[data-series='line.pressure'] [data-value]").waitFor();
  assert.equal(readFileSync(file('hall'), 'utf8'), `${HALL}  - {panel: stat, y: line.pressure}\n`);
  assert.deepEqual(faults, []);
  await close();
});

test('with P and a name a new dashboard is made', async () => {
  const { page, close } = await openPage(browser, daemon, '/');
  await page.locator(".tile[data-series='machine']").focus();
  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog', { name: 'Pin to a dashboard' });
  await dialog.getByLabel('Name of a new dashboard').fill('My Wall');
  await page.keyboard.press('Enter');
  await page.getByText('Pinned to my-wall.').waitFor();
  assert.equal(
    readFileSync(file('my-wall'), 'utf8'),
    'title: my-wall\npanels:\n  - {panel: scoreboard, y: machine}\n',
  );
  await close();
});

test('a span is marked, and every panel says what it was there; Escape takes it away', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/d/hall?range=30s');
  const chart = page.locator('.u-over').first();
  await chart.waitFor();
  await page.keyboard.press('m');
  await drag(page, chart, 0.75, 0.95);
  await page
    .getByText('Marked: 6 s')
    .waitFor({ timeout: 5_000 })
    .catch(() => page.mouse.move(2, 2));
  await page.mouse.move(2, 2);
  await page.getByText(/^Marked: [56] s$/).waitFor();
  const numbers = page.locator("[data-panel='stat'] [data-brush]").first();
  await numbers.filter({ hasText: /\d – ⌀ .*\d – .*\d/ }).waitFor();
  const states = page.locator("[data-panel='scoreboard'] [data-brush]");
  await states.filter({ hasText: /(running|idle|fault) \d+ %/ }).waitFor();
  const shares = (await states.textContent()).match(/\d+(?= %)/g).map(Number);
  assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100) <= 2, `${shares}`);
  await page.keyboard.press('Escape');
  await numbers.waitFor({ state: 'detached' });
  assert.match(page.url(), /\/d\/hall/, 'the first Escape takes the mark away, and leaves the page');
  assert.deepEqual(faults, []);
  await close();
});

test('on a phone a finger marks once measuring is chosen', async () => {
  const { page, close } = await openPage(browser, daemon, OVEN, PHONE);
  const area = page.locator('.u-over');
  await area.waitFor();
  await page.getByRole('button', { name: 'Measure' }).tap();
  const box = await area.boundingBox();
  const finger = await page.context().newCDPSession(page);
  const touch = (type, x) =>
    finger.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x, y: box.y + 80 }],
    });
  await touch('touchStart', box.x + 60);
  for (let x = 60; x <= 200; x += 20) await touch('touchMove', box.x + x);
  await touch('touchEnd', 0);
  await page.locator(".chart-summary[data-marked='true']").waitFor();
  assert.match(page.url(), /range=10s/, 'the view did not move');
  await close();
});

test('an earlier period stands behind, and the address says so', async () => {
  const { page, faults, close } = await openPage(browser, daemon, OVEN);
  await page.locator('.u-over').waitFor();
  await page.getByTitle('From and to').click();
  await page.getByLabel('Compare').selectOption('before');
  await page.waitForURL(/compare=before/);
  const row = page.locator('.chart-legend tbody tr').nth(1);
  await row.getByText('the span before').waitFor();
  await page.goto(page.url());
  await row.getByText('the span before').waitFor();
  await waitUntil('its past is drawn', async () =>
    /1\d\d\.\d °C/.test(await row.locator('td').nth(2).textContent()),
  );
  await page.mouse.move(2, 2);
  assert.equal(await page.locator('[data-chart] canvas').count(), 1);
  assert.deepEqual(faults, []);
  await close();
});

test('beside numbers a state is the ground of the chart, and events are marked on it', async () => {
  const { page, faults, close } = await openPage(browser, daemon, `${OVEN}&series=machine&series=oven.door`, {
    ...DESKTOP,
    colorScheme: 'light',
  });
  await page.locator("[data-chart][data-series='oven.temperature machine oven.door'] canvas").waitFor();
  assert.equal(await page.locator('[data-chart] canvas').count(), 1, 'the state has no chart of its own');
  await page.locator('.event-list li').first().waitFor();
  // Near the left edge, at half the height, there is nothing but the ground.
  const ground = () =>
    page.locator('[data-chart] canvas').evaluate((canvas) => {
      const { width, height } = canvas;
      const pen = canvas.getContext('2d');
      const { data } = pen.getImageData(Math.round(width * 0.3), Math.round(height * 0.05), 200, 1);
      return [...data].some((byte, i) => i % 4 === 3 && byte > 0);
    });
  await waitUntil('the ground has a colour', ground);
  assert.deepEqual(faults, []);
  await close();
});

test('a click pins the crosshair: it stays while the pointer goes on, until the next', async () => {
  const { page, close } = await openPage(browser, daemon, `${OVEN}&series=line.pressure`);
  const box = await page.locator('.u-over').boundingBox();
  const moment = page.locator('.legend-moment');
  await page.mouse.click(box.x + box.width * 0.5, box.y + 60);
  await moment.filter({ hasText: /\d/ }).waitFor();
  const pinned = await moment.textContent();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 60);
  await page.mouse.move(2, 2);
  assert.equal(await moment.textContent(), pinned);
  await page.mouse.click(box.x + box.width * 0.9, box.y + 60);
  await page.mouse.move(2, 2);
  await waitUntil('it is let go', async () => (await moment.textContent()) === '');
  await close();
});

test('a span that stands still is played on, and ends at now', async () => {
  const to = Date.now() - 600_000;
  const { page, close } = await openPage(
    browser,
    daemon,
    `/explore?series=oven.temperature&from=${to - 5_000}&to=${to}`,
  );
  await page.locator('.u-over').waitFor();
  await page.getByRole('button', { name: 'Replay' }).click();
  await page.getByLabel('Speed of the replay').selectOption('1');
  await page.getByRole('button', { name: 'Stop the replay' }).waitFor();
  await page.getByLabel('Speed of the replay').selectOption('600');
  await page.waitForURL(/range=/);
  assert.equal(await page.getByRole('button', { name: 'Live' }).getAttribute('aria-pressed'), 'true');
  assert.equal(await page.getByRole('button', { name: 'Replay' }).count(), 0);
  await close();
});

test('a span is copied from one chart and pasted into another', async () => {
  const to = Date.now() - 1_000;
  const { page, close } = await openPage(
    browser,
    daemon,
    `${OVEN.split('&')[0]}&from=${to - 4_000}&to=${to}`,
  );
  await page.locator('.u-over').waitFor();
  const copied = await page.evaluate(() => {
    const data = new DataTransfer();
    document.body.dispatchEvent(
      new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }),
    );
    return data.getData('text/plain');
  });
  assert.equal(copied, `${new Date(to - 4_000).toISOString()}/${new Date(to).toISOString()}`);
  await page.goto(`${daemon.url}/d/hall`);
  await page.locator('.u-over').first().waitFor();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document.body.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, copied);
  await page.waitForURL(new RegExp(`from=${to - 4_000}&to=${to}`));
  await close();
});

test('as a new user: from the overview to last night at three, zoomed, the link copied', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/');
  await page.locator(".tile[data-series='oven.temperature']").click();
  await page.getByText('From – to').click();
  await page.getByRole('button', { name: 'Yesterday' }).click();
  await page.waitForURL(/from=\d+&to=\d+$/);
  // Three hours of twenty-four are at an eighth of the width.
  await drag(page, page.locator('.u-over'), 2.5 / 24, 3.5 / 24);
  await page.waitForFunction(() => {
    const query = new URLSearchParams(location.search);
    return Number(query.get('to')) - Number(query.get('from')) < 2 * 3_600_000;
  });
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByText('Link copied.').waitFor();
  const query = new URL(page.url()).searchParams;
  const middle = new Date((Number(query.get('from')) + Number(query.get('to'))) / 2);
  const hour = await page.evaluate(
    (ms) => new Date(ms).getHours() + new Date(ms).getMinutes() / 60,
    middle.getTime(),
  );
  assert.ok(Math.abs(hour - 3) < 0.2, `${hour}`);
  assert.deepEqual(faults, []);
  await close();
});

test('many tabs share one connection, and one goes on when another is closed', async () => {
  const context = await browser.newContext(DESKTOP);
  const viewers = async () => (await daemon.get('/api/v1/status')).server.viewers;
  await waitUntil('nobody else looks', async () => (await viewers()) === 0);
  const pages = [];
  for (const path of ['/', '/', OVEN]) {
    const page = await context.newPage();
    await page.goto(daemon.url + path);
    await waitForConnection(page, 'live');
    pages.push(page);
  }
  const moves = async (page) => {
    const first = await shown(page, 'oven.temperature');
    await waitForChange(value(page, 'oven.temperature'), first);
  };
  await moves(pages[0]);
  await moves(pages[1]);
  assert.equal(await viewers(), 1);
  await pages[0].close();
  await moves(pages[1]);
  await pages[1].reload();
  await waitForConnection(pages[1], 'live');
  await moves(pages[1]);
  assert.equal(await viewers(), 1);
  await context.close();
  await waitUntil('the last one hangs up', async () => (await viewers()) === 0);
});

test('where there is no SharedWorker each tab has its own, by the device’s name over plain http', async () => {
  const context = await browser.newContext(DESKTOP);
  await context.addInitScript(() => {
    delete window.SharedWorker;
  });
  const named = daemon.url.replace('127.0.0.1', hostname().toLowerCase());
  for (let i = 0; i < 2; i += 1) {
    const page = await context.newPage();
    await page.goto(`${named}/`);
    await waitForConnection(page, 'live');
    assert.equal(await page.evaluate(() => window.isSecureContext), false);
    const first = await shown(page, 'oven.temperature');
    await waitForChange(value(page, 'oven.temperature'), first);
  }
  assert.equal((await daemon.get('/api/v1/status')).server.viewers, 2);
  await context.close();
});
