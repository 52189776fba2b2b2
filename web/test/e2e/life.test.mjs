// Readings from a real broker, a daemon that dies and comes back, inputs that are looked after.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Broker } from './support/broker.mjs';
import {
  assertNotReloaded,
  launch,
  openPage,
  shown,
  value,
  waitForChange,
  waitForConnection,
} from './support/browser.mjs';
import { Daemon, PLANT } from './support/daemon.mjs';
import { waitUntil } from './support/wait.mjs';

let broker;
let daemon;
let browser;

before(async () => {
  broker = await new Broker().start();
  daemon = await new Daemon(`${PLANT}  - id: broker
    plugin: mqtt
    options:
      url: mqtt://127.0.0.1:${broker.port}
      subscribe:
        - {topic: "plant/+/{sensor}", payload: json, value: $.value, name: "{sensor}.{1}"}
`).start();
  await waitUntil(
    'the input is connected',
    async () => (await daemon.get('/api/v1/inputs/broker')).state === 'running',
  );
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
  await broker?.cleanUp();
});

test('what mosquitto_pub publishes changes the tile without a reload', async () => {
  const { page, close } = await openPage(browser, daemon, '/');
  await waitForConnection(page, 'live');
  broker.publish('plant/hall2/temperature', '{"value": 20.5}');
  assert.equal(await shown(page, 'temperature.hall2'), '20.5');
  broker.publish('plant/hall2/temperature', '{"value": 21.5}');
  assert.equal(await waitForChange(value(page, 'temperature.hall2'), '20.5'), '21.5');
  await assertNotReloaded(page);
  await close();
});

test('a daemon that is killed and started again is found by itself, and the values move on', async () => {
  const overview = await openPage(browser, daemon, '/');
  const chart = await openPage(browser, daemon, '/explore?series=oven.temperature&range=60s');
  await waitForConnection(overview.page, 'live');
  await waitForConnection(chart.page, 'live');
  await daemon.end('SIGKILL');
  await overview.page.waitForFunction(() => document.body.dataset.connection !== 'live');
  await waitForConnection(overview.page, 'offline');
  const before = await value(overview.page, 'oven.temperature').textContent();
  await daemon.start();
  await waitForConnection(overview.page, 'live');
  await waitForChange(value(overview.page, 'oven.temperature'), before);
  await waitForConnection(chart.page, 'live');
  await assertNotReloaded(overview.page);
  await assertNotReloaded(chart.page);
  await overview.close();
  await chart.close();
});

test('the inputs page shows how each is, and restarts one', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/inputs');
  const plant = page.locator("[data-input='plant']");
  await page.locator("[data-input='plant'][data-state='running']").waitFor();
  assert.equal(await page.locator('[data-input]').count(), 2);
  const rate = plant.locator('dd').first();
  await waitUntil('the rate is known', async () => Number(await rate.textContent()) > 0);
  const { started_at: startedAt } = await daemon.get('/api/v1/inputs/plant');
  await plant.getByRole('button', { name: 'Restart' }).click();
  await waitUntil(
    'it was started again',
    async () => (await daemon.get('/api/v1/inputs/plant')).started_at !== startedAt,
  );
  assert.deepEqual(faults, []);
  await close();
});

test('a payload that was refused is shown as text, and no script of its runs', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/inputs');
  await page.locator("[data-input='broker'][data-state='running']").waitFor();
  const hostile = '<script>window.taken=1</script><img src=x onerror="window.taken=2">\u001b[31m\u202e';
  broker.publish('plant/<img src=x onerror=window.taken=3>/temperature', hostile);
  const refused = page.locator("[data-input='broker'] [data-refused]");
  await refused.locator('summary').click();
  await refused.getByText('<script>window.taken=1</script>').waitFor();
  assert.equal(
    await refused.locator('[data-refused-payload]').textContent(),
    '<script>window.taken=1</script><img src=x onerror="window.taken=2">\\x1b[31m\\u202e',
  );
  assert.match(await refused.locator('summary').textContent(), /1 payload refused: not json 1/);
  assert.match(
    await refused.locator('[data-refused-about]').textContent(),
    /not json · from plant\/<img src=x onerror=window.taken=3>\/temperature · \d+ bytes/,
  );
  assert.equal(await page.locator('[data-refused] script, [data-refused] img').count(), 0);
  assert.equal(await page.evaluate(() => window.taken), undefined);
  broker.publish('plant/hall2/temperature', '{"value": 23.5}');
  await waitUntil(
    'the input goes on',
    async () => (await daemon.get('/api/v1/latest?match=temperature.hall2'))[0]?.value === 23.5,
  );
  assert.deepEqual(faults, []);
  await close();
});

test('where a WebSocket is blocked, events take its place, and a chart moves all the same', async () => {
  const block = async (page) => {
    // Out of a worker's reach: what blocks there is seen by no test.
    await page.addInitScript(() => {
      delete window.SharedWorker;
    });
    await page.routeWebSocket(/.*/, (socket) => socket.close());
  };
  const { page, close } = await openPage(browser, daemon, '/', undefined, block);
  await waitForConnection(page, 'live');
  const first = await value(page, 'oven.temperature').textContent();
  await waitForChange(value(page, 'oven.temperature'), first);
  await value(page, 'oven.temperature').click();
  const now = page.locator('.chart-figure');
  await waitForChange(now, await now.textContent());
  await assertNotReloaded(page);
  await close();
});
