// Nothing that axe-core calls serious or critical on any page, light and dark.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { DESKTOP, launch, openPage, PHONE, waitForConnection } from './support/browser.mjs';
import { Daemon, PLANT } from './support/daemon.mjs';
import { waitUntil } from './support/wait.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const HALL = `dashboards:
  - name: hall
    variables: [{name: room, values: [a, b]}]
    sections:
      - {tab: One, title: Line, panels: [{panel: stat, y: oven.temperature}, {panel: gauge, y: line.pressure}, {y: '{oven,line}.*e'}, {panel: bar, y: '*.*re'}]}
      - {tab: One, panels: [{panel: table, y: '*'}, {y: machine}, {y: oven.door}, {panel: text, text: "# A\\n[b](/inputs)"}, {panel: heatmap, y: parts}]}
      - {tab: Two, panels: []}
`;
const PAGES = [
  '/',
  '/explore',
  '/explore?series=oven.temperature&series=line.pressure',
  '/d',
  '/d/hall',
  '/inputs',
  '/inputs/new',
  '/nowhere',
  '/settings',
  '/settings/config',
];

let daemon;
let browser;

before(async () => {
  daemon = await new Daemon(PLANT + HALL).start();
  await waitUntil('all six series are there', async () => (await daemon.get('/api/v1/series')).length === 6);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

async function faultsOf(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
}

for (const [name, options] of [
  ['light', { ...DESKTOP, colorScheme: 'light' }],
  ['dark on a phone', { ...PHONE, colorScheme: 'dark' }],
]) {
  for (const path of PAGES) {
    test(`axe finds nothing serious: ${path}, ${name}`, async () => {
      const { page, close } = await openPage(browser, daemon, path, { ...options, bypassCSP: true });
      await waitForConnection(page, 'live');
      await page.locator('main > *').first().waitFor();
      if (path === '/inputs/new') await page.getByRole('radio', { name: /^modbus/ }).check();
      if (path === '/d/hall') await page.locator('[data-panel="table"] tbody tr').first().waitFor();
      assert.deepEqual(await faultsOf(page), []);
      await close();
    });
  }
}

for (const [what, path, open] of [
  ['the keys', '/', (page) => page.keyboard.press('?')],
  ['the palette', '/', (page) => page.keyboard.press('Control+k')],
  [
    'pinning',
    '/',
    async (page) => {
      await page.locator('.tile').first().focus();
      await page.keyboard.press('p');
    },
  ],
  ['a span of its own', '/explore?series=parts', (page) => page.getByTitle('From and to').click()],
  ['the editor', '/d/axe-new', (page) => page.getByRole('button', { name: 'Make it here' }).click()],
]) {
  test(`axe finds nothing serious: ${what}`, async () => {
    const { page, close } = await openPage(browser, daemon, path, { ...DESKTOP, bypassCSP: true });
    await waitForConnection(page, 'live');
    await page.locator('main > * *').first().waitFor();
    await open(page);
    await page.locator('dialog[open], details[open], .editor').first().waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await close();
  });
}
