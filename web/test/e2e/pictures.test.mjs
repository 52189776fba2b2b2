// How the page looks: on a phone, a desk and a wall, light and dark, beside the pictures in docs. The readings are posted, so
// that they are the same each time; charts show a night long ago.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESKTOP, launch, PHONE, waitForConnection } from './support/browser.mjs';
import { Daemon } from './support/daemon.mjs';
import { difference, fontHere, fontOfPictures, keep, keepFont, kept, WRITES } from './support/pictures.mjs';
import { waitUntil } from './support/wait.mjs';

const CONFIG = `device: {name: press-7, site: hall-2}
server: {view: public}
storage: {commit: 1s, raw: 30000d}
inputs: []
dashboards:
  - name: hall
    title: Hall 2
    panels:
      - {panel: stat, y: line.pressure}
      - {panel: stat, y: oven.temperature}
      - {panel: gauge, y: oven.power, min: 0, max: 6000, thresholds: [{at: 4500, level: warning}, {at: 5200, level: critical}]}
      - {panel: scoreboard, y: machine, title: Machine}
      - {title: Oven, y: night.oven, y2: night.power, overlay: mean_5m}
      - {panel: areas, title: Line, y: night.speed, thresholds: [{at: 46, level: warning, name: fast}]}
      - {title: States, y: night.state}
      - {panel: bar, y: room.humidity, by: room, max: 100, title: Humidity}
      - {panel: heatmap, y: night.oven, title: Heat}
`;
const NIGHT = Date.UTC(2025, 0, 15, 1);
const HOUR = 3_600_000;
const SPAN = `from=${NIGHT}&to=${NIGHT + 2 * HOUR}`;
const STEP = 5_000;
/** Blocks that may differ: the pictures are made by other versions of the browser too. */
const MOST = 0.03;

const wave = (i, period, phase = 0) => Math.sin((2 * Math.PI * i) / period + phase);
/** Noise that is the same everywhere. */
const noise = (i) => ((Math.imul(i + 1, 2_654_435_761) >>> 8) % 1_000) / 1_000 - 0.5;
const state = (i) => ['running', 'idle', 'running', 'fault'][Math.floor(i / 60) % 4];

const SERIES = [
  ['°C', 'oven temperature', (i) => (180 + 15 * wave(i, 40) + noise(i)).toFixed(1)],
  ['W', 'oven power', (i) => (4_000 + 700 * wave(i, 55) + 200 * noise(i)).toFixed(0)],
  ['bar', 'line pressure', (i) => (6 + 0.6 * wave(i, 70) + 0.3 * noise(i)).toFixed(2)],
  ['m/min', 'line speed', (i) => (40 + 4 * wave(i, 30) + noise(i)).toFixed(1)],
  ['°C', 'room,room=east temperature', (i) => (21 + wave(i, 90)).toFixed(1)],
  ['°C', 'room,room=west temperature', (i) => (22 + wave(i, 80, 1)).toFixed(1)],
  ['%', 'room,room=east humidity', (i) => (45 + 5 * wave(i, 100)).toFixed(0)],
  ['%', 'room,room=west humidity', (i) => (52 + 5 * wave(i, 110, 2)).toFixed(0)],
  ['', 'machine value', (i) => `"${state(i)}"`],
  ['', 'conveyor value', (i) => (Math.floor(i / 25) % 3 === 0 ? '"off"' : '"on"')],
];
const PAST = [
  [
    '°C',
    'night oven',
    (i) => (170 + 20 * wave(i, 700) + 2 * noise(i) + (i > 900 && i < 960 ? 30 : 0)).toFixed(1),
  ],
  ['W', 'night power', (i) => (3_800 + 900 * wave(i, 700, -1) + 150 * noise(i)).toFixed(0)],
  ['m/min', 'night speed', (i) => (40 + 5 * wave(i, 300) + 2 * noise(i)).toFixed(1)],
  ['', 'night state', (i) => `"${state(i / 3)}"`],
];

let daemon;
let browser;
let font;

async function post([unit, name, valueAt], from, count) {
  const lines = [];
  for (let i = 0; i < count; i += 1) {
    const space = name.lastIndexOf(' ');
    lines.push(`${name.slice(0, space)} ${name.slice(space + 1)}=${valueAt(i)} ${from + i * STEP}`);
  }
  const kind = valueAt(0).startsWith('"') ? '&kind=state' : '';
  const answer = await fetch(
    `${daemon.url}/api/v1/write?precision=ms${kind}&unit=${encodeURIComponent(unit)}`,
    { method: 'POST', body: lines.join('\n') },
  );
  assert.equal(answer.status, 204, await answer.text());
}

before(async () => {
  // Its own clock as the browser's below: no word about two.
  daemon = await new Daemon(CONFIG, { TZ: 'Europe/Berlin' }).start();
  for (const one of PAST) await post(one, NIGHT, (2 * HOUR) / STEP);
  browser = await launch();
  const page = await browser.newPage();
  await page.goto(daemon.url);
  font = await fontHere(page);
  await page.close();
  if (WRITES) keepFont(font);
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

const WALL = { viewport: { width: 1920, height: 1080 } };
const PHONE_AT_1 = { ...PHONE, deviceScaleFactor: 1 };
const EXPLORE = `/explore?series=night.oven&series=night.power&${SPAN}`;

for (const [name, path, size, theme] of [
  ['phone-light-overview', '/', PHONE_AT_1, 'light'],
  ['phone-dark-dashboard', `/d/hall?${SPAN}`, PHONE_AT_1, 'dark'],
  ['phone-light-explore', EXPLORE, PHONE_AT_1, 'light'],
  ['desktop-light-overview', '/', DESKTOP, 'light'],
  ['desktop-dark-overview', '/', DESKTOP, 'dark'],
  ['desktop-light-dashboard', `/d/hall?${SPAN}`, DESKTOP, 'light'],
  ['desktop-dark-explore', EXPLORE, DESKTOP, 'dark'],
  ['wall-dark-dashboard', `/d/hall?${SPAN}&kiosk`, WALL, 'dark'],
  ['wall-light-overview', '/?kiosk', WALL, 'light'],
]) {
  test(`it looks as it did: ${name}`, async (t) => {
    if (!WRITES && fontOfPictures() !== font) {
      t.skip(`the pictures were made with another font: ${fontOfPictures()}, here ${font}`);
      return;
    }
    // The last ten minutes end now: nothing is stale while the picture is taken.
    const end = Math.floor(Date.now() / STEP) * STEP;
    for (const one of SERIES) await post(one, end - 119 * STEP, 120);
    const context = await browser.newContext({
      ...size,
      colorScheme: theme,
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto(daemon.url + path);
    await waitForConnection(page, 'live');
    await page.locator('[data-value], .u-over').first().waitFor();
    await page.waitForFunction(() => document.querySelector('[data-chart][data-loading]') === null);
    let before = await page.screenshot();
    await waitUntil('it stands still', async () => {
      await page.waitForTimeout(400);
      const now = await page.screenshot();
      const still = (await difference(browser, before, now)) < MOST / 10;
      before = now;
      return still;
    });
    if (WRITES) keep(name, before);
    const share = await difference(browser, before, kept(name));
    t.diagnostic(`${(share * 100).toFixed(2)} % of its blocks differ`);
    assert.ok(share <= MOST, `${(share * 100).toFixed(2)} % of its blocks differ, more than ${MOST * 100} %`);
    await context.close();
  });
}

test('a panel that is missing, and other colours, are seen', async () => {
  const png = kept('desktop-light-dashboard');
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.setContent(`<body style="margin:0"><img src="data:image/png;base64,${png.toString('base64')}">
    <div style="position:absolute;left:40px;top:140px;width:320px;height:160px;background:#f5f5f2"></div>`);
  assert.ok((await difference(browser, await page.screenshot(), png)) > 0.005);
  await page.close();
  assert.ok((await difference(browser, kept('desktop-dark-overview'), kept('desktop-light-overview'))) > 0.5);
});
