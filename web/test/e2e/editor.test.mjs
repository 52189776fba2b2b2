// Dashboards made and changed in the page: add, drag, resize, undo, save, and what somebody else saved meanwhile.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, openPage } from './support/browser.mjs';
import { Daemon, PLANT } from './support/daemon.mjs';
import { waitUntil } from './support/wait.mjs';

let daemon;
let browser;
const file = (name) => join(daemon.home, 'dashboards', `${name}.yaml`);
const documentOf = async (name) => (await daemon.get(`/api/v1/dashboards/${name}`)).document;

before(async () => {
  daemon = await new Daemon(PLANT).start();
  mkdirSync(join(daemon.home, 'dashboards'));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

const TWO = 'panels:\n  - {panel: stat, y: oven.temperature}\n  - {panel: stat, y: line.pressure}\n';

async function drag(page, locator, dx, dy) {
  const box = await locator.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx / 2, y + dy / 2, { steps: 4 });
  await page.mouse.move(x + dx, y + dy, { steps: 4 });
  await page.mouse.up();
}

test('a new one is made in the page', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/d/fresh');
  await page.getByRole('button', { name: 'Make it here' }).click();
  await page.getByRole('button', { name: 'Add panel' }).click();
  await page.getByLabel('Kind').selectOption('gauge');
  await page.getByLabel('Series, one in a line').fill('line.pressure');
  await page.getByLabel('Series, one in a line').blur();
  await page.locator('.editor [data-panel="gauge"] [data-series="line.pressure"]').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.dashboard [data-panel="gauge"] [data-value]').waitFor();
  assert.deepEqual(await documentOf('fresh'), {
    title: 'fresh',
    panels: [{ panel: 'gauge', y: 'line.pressure' }],
  });
  assert.deepEqual(faults, []);
  await close();
});

test('a drag moves a panel, a corner resizes it, undo takes back, save writes where they stand', async () => {
  writeFileSync(file('two'), TWO);
  const { page, faults, close } = await openPage(browser, daemon, '/d/two');
  await page.getByRole('button', { name: 'Edit' }).click();
  // gridstack keeps its items in the order in which they stand.
  const item = (i) => page.locator(`.grid-stack-item[data-panel-index='${i}']`);
  await item(1).waitFor();
  const before = await item(0).boundingBox();
  await drag(page, item(0).locator('.editor-handle'), 0, 200);
  await waitUntil('it was moved', async () => (await item(0).boundingBox()).y > before.y + 100);
  await page.getByRole('button', { name: 'Undo' }).click();
  await waitUntil('it is back', async () => Math.abs((await item(0).boundingBox()).y - before.y) < 5);
  await item(0).hover();
  await drag(page, item(0).locator('.ui-resizable-se'), 0, 100);
  await waitUntil('it is larger', async () => (await item(0).boundingBox()).height > before.height + 40);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.dashboard .stat').first().waitFor();
  const { panels } = await documentOf('two');
  assert.equal(panels[0].place.length, 4);
  assert.ok(panels[0].place[3] >= 4, JSON.stringify(panels));
  assert.deepEqual(faults, []);
  await close();
});

test('a panel is taken away, and what somebody else saved meanwhile is not lost', async () => {
  writeFileSync(file('shared'), TWO);
  const { page, close } = await openPage(browser, daemon, '/d/shared');
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('button', { name: 'Take away' }).first().click();
  await waitUntil('one is left', async () => (await page.locator('.grid-stack-item').count()) === 1);
  const theirs = TWO.replace('line.pressure', 'parts');
  writeFileSync(file('shared'), theirs);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('somebody changed the dashboard').waitFor();
  assert.equal(readFileSync(file('shared'), 'utf8'), theirs);
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.locator("[data-series='parts'] [data-value]").waitFor();
  await close();
});

test('the text is changed, and a mistake in it is told with its line', async () => {
  writeFileSync(file('text'), TWO);
  const { page, close } = await openPage(browser, daemon, '/d/text');
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('button', { name: 'As text' }).click();
  const field = page.getByRole('textbox', { name: 'text.yaml' });
  assert.equal(await field.inputValue(), TWO);
  await field.fill(TWO.replace('stat', 'sat'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText("did you mean 'stat'?").waitFor();
  await page.getByRole('button', { name: '2:13' }).waitFor();
  await field.fill(`# mine\n${TWO}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.dashboard .stat').first().waitFor();
  assert.equal(readFileSync(file('text'), 'utf8'), `# mine\n${TWO}`);
  await close();
});
