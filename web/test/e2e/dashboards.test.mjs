// Dashboards in a real browser: from a file to a live tile, every kind of panel, one time and one crosshair for all.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertNotReloaded, DESKTOP, launch, openPage, PHONE, waitForChange } from './support/browser.mjs';
import { Daemon, PLANT } from './support/daemon.mjs';
import { waitUntil } from './support/wait.mjs';

const PANELS = `title: Hall
span: 30s
variables: [{name: bed, label: bed, title: Bed}]
panels:
  - {panel: stat, y: oven.temperature}
  - {panel: gauge, y: line.pressure, min: 0, max: 10, thresholds: [{at: 9, level: critical}]}
  - {panel: bar, y: 'bed.temperature{bed="$bed"}', by: bed, title: Beds}
  - {title: Oven, y: [oven.temperature, line.pressure], overlay: mean_5s}
  - {panel: areas, y: 'bed.temperature{bed="$bed"}', by: bed, stack: true, title: Stacked}
  - {y: machine, title: Machine}
  - {panel: heatmap, y: oven.temperature, title: Heat}
  - {panel: histogram, y: oven.temperature, title: Distribution}
  - {panel: table, y: '*', title: All}
  - {y: oven.door, title: Door}
  - {panel: text, text: "# Notes\\n\\n<b>no tag</b> and [inputs](/inputs)"}
  - {panel: alarms}
  - {y: nothing.like.it, title: Missing}
`;

let daemon;
let browser;
const save = (name, text) => {
  mkdirSync(join(daemon.home, 'dashboards'), { recursive: true });
  writeFileSync(join(daemon.home, 'dashboards', `${name}.yaml`), text);
};
const panel = (page, kind) => page.locator(`[data-panel='${kind}']`);

before(async () => {
  daemon = await new Daemon(PLANT).start();
  await daemon.write('bed,bed=1 temperature=10\nbed,bed=2 temperature=20');
  save('hall', PANELS);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

test('three lines of YAML are a live tile in an open page within two seconds of saving', async (t) => {
  const { page, faults, close } = await openPage(browser, daemon, '/d/tile');
  await page.getByText('There is no dashboard of this name').waitFor();
  const began = performance.now();
  save('tile', 'panels:\n  - {panel: stat, y: oven.temperature}\n');
  const number = page.locator("[data-series='oven.temperature'] [data-value]");
  await number.waitFor();
  t.diagnostic(`a tile ${Math.round(performance.now() - began)} ms after it was saved`);
  await waitForChange(number, await number.textContent());
  assert.match(await number.textContent(), /^1\d\d\.\d$/);
  assert.equal(await page.locator('.stat').getAttribute('data-quality'), 'good');
  save('tile', 'panels:\n  - {panel: stat, y: line.pressure}\n');
  await page.locator("[data-series='line.pressure'] [data-value]").waitFor();
  await assertNotReloaded(page);
  assert.deepEqual(faults, []);
  await close();
});

test('a mistake is told with its line and the page stays as it was', async () => {
  save('wrong', 'panels: [{panel: stat, y: parts}]\n');
  const { page, close } = await openPage(browser, daemon, '/d/wrong');
  await page.locator('.stat').waitFor();
  save('wrong', 'panels:\n  - {panel: sat, y: parts}\n');
  await page.getByText('wrong.yaml:2:13').waitFor();
  await page.getByText("did you mean 'stat'?").waitFor();
  assert.equal(await page.locator('.stat').count(), 1);
  save('wrong', 'panels: [{panel: stat, y: parts}]\n');
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await close();
});

test('every kind of panel shows what it is for', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/d/hall');
  await page.locator('.chart-canvas canvas').first().waitFor();
  assert.equal(await page.locator('[data-panel]').count(), 13);
  assert.match(await panel(page, 'gauge').locator('[data-value]').textContent(), /^\d\.\d\d$/);
  assert.deepEqual(await panel(page, 'bar').locator('.bar-name').allTextContents(), ['1', '2']);
  assert.deepEqual(
    await panel(page, 'bar')
      .locator('[data-series]')
      .evaluateAll((all) => all.map((bar) => bar.dataset.series)),
    ['bed.temperature{bed="1"}', 'bed.temperature{bed="2"}'],
  );
  const chart = panel(page, 'lines').first().locator('[data-chart]');
  assert.equal(await chart.getAttribute('data-series'), 'oven.temperature line.pressure');
  assert.equal(await panel(page, 'text').locator('b').count(), 0);
  assert.ok((await panel(page, 'text').textContent()).includes('<b>no tag</b>'));
  await panel(page, 'events').locator('li').first().waitFor();
  for (const kind of ['heatmap', 'histogram', 'states']) {
    const canvas = panel(page, kind).locator('canvas');
    await canvas.scrollIntoViewIfNeeded();
    await waitUntil(`${kind} is painted`, () =>
      canvas.evaluate((element) => {
        const { data } = element.getContext('2d').getImageData(0, 0, element.width, element.height);
        return data.some((byte) => byte > 0);
      }),
    );
  }
  await page.getByText('No series matches').waitFor();
  assert.equal(await panel(page, 'table').locator('tbody tr').count(), 8);
  assert.deepEqual(faults, []);
  await close();
});

test('a table is sorted by a click and filtered by words', async () => {
  save('table', 'panels: [{panel: table, y: "{bed,line,parts}*"}]\n');
  await daemon.write(
    Array.from({ length: 9 }, (_, i) => `bed,bed=${i + 3} temperature=${30 + i}`).join('\n'),
  );
  const { page, close } = await openPage(browser, daemon, '/d/table');
  const values = () => page.locator("tbody tr[data-series^='bed'] [data-value]").allTextContents();
  await waitUntil('all rows are there', async () => (await values()).length === 11);
  await page.getByRole('button', { name: 'Value' }).click();
  await waitUntil('greatest first', async () => (await values())[0] === '38');
  await page.getByRole('button', { name: 'Value' }).click();
  await waitUntil('least first', async () => (await values())[0] === '10');
  await page.getByLabel('Filter rows').fill('pressure');
  await waitUntil('one is left', async () => (await page.locator('tbody tr').count()) === 1);
  await close();
});

test('a choice narrows what is shown and stands in the address', async () => {
  const { page, close } = await openPage(browser, daemon, '/d/hall');
  await page.getByLabel('Bed').selectOption('2');
  await waitUntil('one bar is left', async () => (await panel(page, 'bar').locator('.bar').count()) === 1);
  assert.match(page.url(), /var-bed=2/);
  await page.reload();
  await panel(page, 'bar').locator('.bar').waitFor();
  assert.equal(await panel(page, 'bar').locator('.bar').count(), 1);
  await close();
});

test('a zoom in one chart is that of all, L follows again, the crosshair is everywhere', async () => {
  save('two', 'span: 30s\npanels:\n  - {title: A, y: oven.temperature}\n  - {title: B, y: line.pressure}\n');
  const { page, close } = await openPage(browser, daemon, '/d/two');
  const charts = page.locator('.u-over');
  await charts.nth(1).waitFor();
  const box = await charts.first().boundingBox();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 30);
  await waitUntil('the other legend tells the moment', async () =>
    /\d\d:\d\d:\d\d/.test(await page.locator('.legend-moment').nth(1).textContent()),
  );
  const share = async (n) => {
    const chart = await charts.nth(n).boundingBox();
    const cross = await page.locator('.u-cursor-x').nth(n).boundingBox();
    return cross === null ? Number.NaN : (cross.x - chart.x) / chart.width;
  };
  await waitUntil(
    'the other crosshair follows',
    async () => Math.abs((await share(1)) - 0.9) < 0.01 && Math.abs((await share(0)) - 0.9) < 0.01,
  );
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 30, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/from=\d+&to=\d+$/);
  const live = page.getByRole('button', { name: 'Live' });
  assert.equal(await live.getAttribute('aria-pressed'), 'false');
  await page.keyboard.press('l');
  await page.waitForURL(/range=30s$/);
  assert.equal(await live.getAttribute('aria-pressed'), 'true');
  await close();
});

test('a click in the legend shows a line alone, shift adds one', async () => {
  save('legend', 'span: 30s\npanels: [{y: [oven.temperature, line.pressure, parts]}]\n');
  const { page, close } = await openPage(browser, daemon, '/d/legend');
  const shown = () =>
    page
      .locator('.chart-legend tbody tr')
      .evaluateAll((rows) => rows.map((row) => row.dataset.shown === 'true'));
  const names = page.locator('.legend-name');
  await names.nth(2).waitFor();
  await names.nth(1).click();
  assert.deepEqual(await shown(), [false, true, false]);
  await names.nth(2).click({ modifiers: ['Shift'] });
  assert.deepEqual(await shown(), [false, true, true]);
  await names.nth(0).click();
  await names.nth(0).click();
  assert.deepEqual(await shown(), [true, true, true]);
  await close();
});

test('the list shows what there is', async () => {
  const { page, close } = await openPage(browser, daemon, '/d');
  await page.getByRole('link', { name: 'Hall /d/hall' }).click();
  await page.locator('[data-panel]').first().waitFor();
  assert.match(page.url(), /\/d\/hall$/);
  await close();
});

for (const [name, options] of [
  ['desktop', DESKTOP],
  ['phone', PHONE],
]) {
  for (const path of ['/d', '/d/hall', '/d/none']) {
    test(`nothing sticks out sideways: ${path} on a ${name}`, async () => {
      const { page, faults, close } = await openPage(browser, daemon, path, options);
      await page.locator('main > *').first().waitFor();
      if (path === '/d/hall') await page.locator('[data-panel] canvas').first().waitFor();
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(wide, 0);
      assert.deepEqual(faults, []);
      await close();
    });
  }
}
