// An input is added on the page: its form comes from the plugin's own table, devices are looked for, the device checks.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, openPage, PHONE, shown } from './support/browser.mjs';
import { Daemon } from './support/daemon.mjs';
import { Slave } from './support/slave.mjs';
import { waitUntil } from './support/wait.mjs';

const BEFORE = `# mine
device: {name: press-7}
server: {view: public}
inputs: [] # none yet
windows: [1m]
`;
let slave;
let daemon;
let browser;
const config = () => readFileSync(join(daemon.home, 'telltale.yaml'), 'utf8');

before(async () => {
  slave = await new Slave().start();
  daemon = await new Daemon(BEFORE).start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
  await slave?.cleanUp();
});

test('a form of the plugin’s own options is filled, checked while typed, and what is saved runs', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/inputs');
  await page.getByRole('link', { name: 'Add an input' }).click();
  // A device that is slow to say what it has: what is typed meanwhile stays.
  let typed;
  const isTyped = new Promise((done) => {
    typed = done;
  });
  await page.route('**/api/v1/config', async (route) => {
    await isTyped;
    await route.continue();
  });
  await page.getByRole('radio', { name: /^simulator/ }).check();
  const yaml = page.getByRole('textbox', { name: 'What will be written' });
  await page.getByLabel('id', { exact: true }).fill('sim');
  typed();
  const save = page.getByRole('button', { name: 'Save and start' });
  await page.getByRole('button', { name: 'Add to waves' }).click();
  await page.getByLabel('name required').fill('new.wave');
  await page.getByLabel('every', { exact: true }).first().fill('100 parsecs');
  await page.getByText('is not a duration').waitFor();
  assert.ok(await save.isDisabled());
  await page.getByLabel('every', { exact: true }).first().fill('100ms');
  await page.getByText('no mistakes').waitFor();
  const lines = '  - id: sim\n    plugin: simulator\n    options:\n';
  assert.match(await yaml.inputValue(), /^- id: sim\n {2}plugin: simulator\n {2}options:\n {4}/);
  assert.equal(config(), BEFORE, 'nothing is written before it is saved');
  await save.click();
  await page.locator("[data-input='sim'][data-state='running']").waitFor();
  const written = config();
  assert.ok(
    written.startsWith(`# mine\ndevice: {name: press-7}\nserver: {view: public}\ninputs:\n${lines}`),
    written,
  );
  assert.ok(written.endsWith('windows: [1m]\n'), written);
  await page.getByRole('link', { name: 'Overview' }).click();
  assert.match(await shown(page, 'new.wave'), /\d/);
  assert.deepEqual(faults, []);
  await close();
});

test('a plugin looks for devices first, and what it finds is taken as it is', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/inputs/new');
  await page.getByRole('radio', { name: /^modbus/ }).check();
  const probe = page.locator('.input-probe');
  await probe.getByLabel('url required').fill(`tcp://127.0.0.1:1`);
  await probe.getByRole('button', { name: 'Look' }).click();
  await probe.getByText('refused').waitFor();
  await probe.getByLabel('url required').fill(`tcp://127.0.0.1:${slave.port}`);
  await probe.getByText(/more options/).click();
  await probe.getByLabel('units', { exact: true }).fill('1');
  await probe.getByLabel('address', { exact: true }).fill('100');
  await probe.getByRole('button', { name: 'Look' }).click();
  await probe.locator('[data-finding]').first().waitFor({ timeout: 20_000 });
  await probe.getByRole('button', { name: 'Use this' }).first().click();
  const yaml = page.getByRole('textbox', { name: 'What will be written' });
  assert.match(await yaml.inputValue(), new RegExp(`url: tcp://127.0.0.1:${slave.port}`));
  await page.getByText('no mistakes').waitFor();
  await page.getByRole('button', { name: 'Save and start' }).click();
  await page.locator("[data-input='modbus']").waitFor();
  await waitUntil('the slave is read', async () => (await daemon.get('/api/v1/inputs/modbus')).readings > 0);
  assert.deepEqual(faults, []);
  await close();
});

test('what somebody else saved meanwhile is not lost', async () => {
  const { page, close } = await openPage(browser, daemon, '/inputs/new', PHONE);
  await page.getByRole('radio', { name: /^linux/ }).check();
  await page.getByText('no mistakes').waitFor();
  const theirs = `${config()}# theirs\n`;
  const answer = await fetch(`${daemon.url}/api/v1/config`, { method: 'PUT', body: theirs });
  assert.equal(answer.status, 200);
  await page.getByRole('button', { name: 'Save and start' }).tap();
  await page.getByText(/changed/).waitFor();
  assert.equal(config(), theirs);
  await close();
});
