// The whole way of an alarm, as somebody goes it who has never seen the page: made of a chart, tried against what was,
// saved, fires, tells a webhook, is acknowledged on a phone, and is over.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, openPage, PHONE } from './support/browser.mjs';
import { Daemon } from './support/daemon.mjs';
import { waitUntil } from './support/wait.mjs';

const MINUTE = 60_000;
let hook;
let daemon;
let browser;
const told = [];
const config = () => readFileSync(join(daemon.home, 'telltale.yaml'), 'utf8');
const CONFIG = `# mine
server: {view: public}
inputs: []
notify:
  - {id: ops, webhook: {url: "HOOK"}, group: 0s}   # the night shift
  - {id: horn, command: [/bin/true]}
dashboards: [{name: hall, panels: [{y: [press7.oil], title: Oil}]}]
windows: [1m]
`;

before(async () => {
  hook = createServer((request, answer) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      told.push(JSON.parse(body));
      answer.end();
    });
  });
  await new Promise((done) => hook.listen(0, '127.0.0.1', done));
  const address = ['http:', '', `127.0.0.1:${hook.address().port}`, 'hook'].join('/');
  daemon = await new Daemon(CONFIG.replace('HOOK', address)).start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
  hook?.close();
});

const state = async (rule) =>
  (await daemon.get('/api/v1/alarms')).find((one) => one.rule === rule)?.state ?? 'none';

test('a rule is made of a chart, fires, is told, is acknowledged on a phone and ends', async () => {
  // Two hours of history with two hot spells of five minutes.
  const now = Date.now();
  const lines = Array.from({ length: 120 }, (_, i) => {
    const hot = (i >= 30 && i < 35) || (i >= 80 && i < 85);
    return `press7.oil value=${hot ? 90 : 60 + (i % 3)} ${(now - (121 - i) * MINUTE) * 1e6}`;
  });
  await daemon.write(`${lines.join('\n')}\n`);
  await daemon.write('press7.oil value=61\n');
  const { page, faults, close } = await openPage(browser, daemon, '/explore?series=press7.oil');
  await page.getByRole('button', { name: 'Alarm on this…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Threshold value').fill('80');
  await dialog.getByLabel('Over when it is back at').fill('75');
  await dialog.getByLabel('For at least').fill('1s');
  await dialog.locator('.alarm-verdict[data-fired="2"]').waitFor();
  assert.match(await dialog.locator('.alarm-verdict').textContent(), /fired 2 times/);
  // The threshold is dragged above everything that was.
  const handle = dialog.getByRole('slider', { name: 'Threshold' });
  const box = await handle.boundingBox();
  await page.mouse.move(box.x + 40, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 40, box.y - 60, { steps: 4 });
  await page.mouse.up();
  await dialog.locator('.alarm-verdict[data-fired="0"]').waitFor();
  assert.ok(Number(await dialog.getByLabel('Threshold value').inputValue()) > 90);
  // A mistake is the device's to say, and nothing can be saved with it.
  const save = dialog.getByRole('button', { name: 'Save the rule' });
  await dialog.getByLabel('Threshold value').fill('80');
  await dialog.getByLabel('Over when it is back at').fill('75');
  await dialog.getByLabel('For at least').fill('soon');
  await dialog.getByText('is not a duration').waitFor();
  assert.ok(await save.isDisabled());
  await dialog.getByLabel('For at least').fill('1s');
  await dialog.getByLabel('Name').fill('oil hot');
  await dialog.getByLabel('Severity').selectOption('critical');
  await dialog.getByLabel('What to do then').fill('Open the bypass.');
  await dialog.getByLabel('horn (command)').uncheck();
  await dialog.locator('.alarm-verdict[data-fired="2"]').waitFor();
  const untouched = config();
  // Saved, taken back, saved again: what its author wrote stays.
  await save.click();
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await dialog.getByText('was taken back').waitFor();
  assert.equal(config(), untouched);
  await save.click();
  await dialog.getByText('is saved, and watched').waitFor();
  assert.match(config(), /^# mine\n/);
  assert.match(config(), /# the night shift\n/);
  assert.match(
    config(),
    /\nrules:\n {2}- name: oil hot\n {4}when: press7.oil > 80\n {4}clear: press7.oil < 75\n {4}for: '1s'\n/,
  );
  await dialog.getByRole('button', { name: 'To the alarms' }).click();
  await page.locator("[data-alarm='oil hot'][data-state='inactive']").waitFor();
  assert.deepEqual(faults, []);
  await close();

  const phone = await openPage(browser, daemon, '/', PHONE);
  await daemon.write('press7.oil value=85\n');
  await waitUntil('it fires', async () => (await state('oil hot')) === 'firing');
  await waitUntil('the webhook is told', async () => told.length > 0);
  assert.equal(told[0].alarms[0].rule, 'oil hot');
  assert.equal(told[0].alarms[0].state, 'firing');
  const mark = phone.page.locator(".tile[data-series='press7.oil'] [data-alarm-state='firing']");
  await mark.waitFor();
  assert.match(await mark.textContent(), /^▲ Fires$/i, 'by shape and word, not by colour alone');
  await phone.page.locator('.alarm-banner').tap();
  const row = phone.page.locator("[data-alarm='oil hot']");
  await row.getByText('Open the bypass.').waitFor();
  await row.getByRole('button', { name: 'Acknowledge' }).tap();
  await row.getByLabel('Your name').fill('anna');
  await row.getByRole('button', { name: 'Acknowledge' }).tap();
  await phone.page.locator("[data-alarm='oil hot'][data-state='acknowledged']").waitFor();
  await daemon.write('press7.oil value=70\n');
  await phone.page.locator("[data-alarm='oil hot'][data-state='inactive']").waitFor();
  await waitUntil('its end is told', async () => told.some(({ alarms }) => alarms[0].state === 'inactive'));
  assert.ok(
    await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
    'it fits the phone',
  );
  assert.deepEqual(phone.faults, []);
  await phone.close();
});

test('the chart has its marks, the page its history, and each target its test', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/explore?series=press7.oil');
  await page.locator("[data-chart][data-events='2']").waitFor();
  await page.goto(`${daemon.url}/alarms`);
  const history = page.locator('.alarm-events li');
  await history.first().waitFor();
  assert.deepEqual(await history.evaluateAll((rows) => rows.map((row) => row.dataset.alarmState)), [
    'inactive',
    'acknowledged',
    'firing',
    'pending',
  ]);
  assert.match(await history.nth(1).textContent(), /anna/);
  await page.getByLabel('Rule').selectOption('oil hot');
  await history.first().waitFor();
  const before = told.length;
  const ops = page.locator("[data-target='ops']");
  await ops.getByRole('button', { name: 'Test' }).click();
  await ops.getByText('The test was taken.').waitFor();
  assert.equal(told.length, before + 1);
  assert.equal(told.at(-1).test, true);
  assert.deepEqual(faults, []);
  await close();
});

test('history comes a page at a time', async () => {
  for (let i = 0; i < 40; i += 1) {
    await daemon.write(`press7.oil value=${i % 2 === 0 ? 90 : 60}\n`);
    await daemon.tool('alarm', 'ack', 'oil hot');
  }
  const { page, faults, close } = await openPage(browser, daemon, '/alarms');
  const rows = page.locator('.alarm-events li');
  await rows.first().waitFor();
  const first = await rows.count();
  assert.ok(first <= 50);
  const all = await daemon.get('/api/v1/query?series=alarm&from=now-1h&to=now&stat=raw');
  const whole = all.series[0].data[0].length;
  if (whole > 50) {
    assert.equal(first, 50);
    await page.getByRole('button', { name: 'Earlier' }).click();
    await page.waitForFunction(
      (wanted) => document.querySelectorAll('.alarm-events li').length === wanted,
      Math.min(whole, 100),
    );
  }
  assert.deepEqual(faults, []);
  await close();
});

test('in kiosk mode an alarm makes a sound where it is wanted, and says so when the browser does not let it', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/alarms');
  const wanted = page.getByLabel('a sound while an alarm fires');
  assert.ok(!(await wanted.isChecked()), 'off until somebody wants it');
  await wanted.check();
  await page.reload();
  assert.ok(await wanted.isChecked(), 'it is remembered');
  await waitUntil('it fires', async () => {
    await daemon.write('press7.oil value=90\n');
    return (await state('oil hot')) === 'firing';
  });
  // A browser that nobody has touched yet: the context waits until somebody does.
  await page.addInitScript(() => {
    const Real = window.AudioContext;
    window.tones = 0;
    window.AudioContext = class extends Real {
      touched = false;
      get state() {
        return this.touched ? 'running' : 'suspended';
      }
      async resume() {
        this.touched = true;
        await super.resume();
      }
      createOscillator() {
        window.tones += 1;
        return super.createOscillator();
      }
    };
  });
  await page.goto(`${daemon.url}/?kiosk`);
  const hint = page.locator('.alarm-sound-hint');
  await hint.waitFor();
  assert.equal(await page.evaluate(() => window.tones), 0);
  await hint.click();
  await hint.waitFor({ state: 'detached' });
  await page.waitForFunction(() => window.tones >= 2);
  assert.deepEqual(faults, []);
  await close();
});

test('a panel has the same way, and on a phone the form fits', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/d/hall', PHONE);
  await page.getByRole('button', { name: 'Alarm on Oil…' }).tap();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').waitFor();
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'press7.oil high');
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
    'it fits the phone',
  );
  await dialog.getByRole('button', { name: 'Cancel' }).tap();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
  await close();
});
