// Alarms as somebody on the way sees them: on a phone, told by a banner, acknowledged with a finger, over.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage, PHONE } from './support/browser.mjs';
import { Daemon } from './support/daemon.mjs';
import { waitUntil } from './support/wait.mjs';

const CONFIG = `
server: {view: public, write: loopback}
inputs: []
dashboards: [{name: hall, panels: [{panel: alarms}]}]
rules:
  - {name: oil hot, when: "press7.oil > 80", clear: "press7.oil < 75", severity: critical, message: Open the bypass.}
  - {name: room warm, when: "room.temperature > 30"}
`;

let daemon;
let browser;

before(async () => {
  daemon = await new Daemon(CONFIG).start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

const state = async (rule) => (await daemon.get('/api/v1/alarms')).find((one) => one.rule === rule).state;

test('an alarm is told by a banner, acknowledged on a phone, and ends', async () => {
  await daemon.write('press7.oil value=70\n');
  await waitUntil('it is watched', async () => (await state('oil hot')) === 'inactive');
  const { page, faults, close } = await openPage(browser, daemon, '/', PHONE);
  assert.equal(await page.locator('.alarm-banner').count(), 0);
  await daemon.write('press7.oil value=85\n');
  await page.locator('.alarm-banner').click();
  const row = page.locator("[data-alarm='oil hot']");
  await row.getByText('Open the bypass.').waitFor();
  assert.equal(await row.getAttribute('data-state'), 'firing');
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
    'it fits the phone',
  );
  await row.getByRole('button', { name: 'Acknowledge' }).tap();
  await row.getByLabel('Your name').fill('anna');
  await row.getByLabel('Comment').fill('on my way');
  await row.getByRole('button', { name: 'Acknowledge' }).tap();
  await page.locator("[data-alarm='oil hot'][data-state='acknowledged']").waitFor();
  await row.getByText('anna: on my way').waitFor();
  await page.locator('.alarm-banner').waitFor({ state: 'detached' });
  await row.getByRole('button', { name: 'Silence for 1 h' }).tap();
  await row.getByRole('button', { name: 'Silence for 1 h' }).tap();
  await row.getByText('silent until').waitFor();
  await daemon.write('press7.oil value=70\n');
  await page.locator("[data-alarm='oil hot'][data-state='inactive']").waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test('a dashboard shows those of which there is something to say', async () => {
  await daemon.write('press7.oil value=90\nroom,room=a temperature=20\n');
  await waitUntil('it fires', async () => (await state('oil hot')) === 'firing');
  await waitUntil('the other is watched', async () => (await state('room warm')) === 'inactive');
  const { page, faults, close } = await openPage(browser, daemon, '/d/hall');
  await page.locator(".panel [data-alarm='oil hot'][data-state='firing']").waitFor();
  assert.equal(await page.locator(".panel [data-alarm='room warm']").count(), 0);
  assert.deepEqual(faults, []);
  await close();
});
