// Names, units, labels, states and texts that are scripts: the page shows them, and runs none of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage, waitForConnection } from './support/browser.mjs';
import { Daemon } from './support/daemon.mjs';
import { waitUntil } from './support/wait.mjs';

const SCRIPTS = [
  '<img src=x onerror="window.pwned=1">',
  '<script>window.pwned=1</script>',
  '"><svg onload=window.pwned=1>',
  "javascript:window.pwned=1//'",
  '{{constructor.constructor("window.pwned=1")()}}',
];
const yaml = (text) => JSON.stringify(text);

let daemon;
let browser;

before(async () => {
  const waves = SCRIPTS.map(
    (text, i) =>
      `        - {name: hostile.state${i}, shape: state, states: [${yaml(text)}, ${yaml(`${text} again`)}], period: 1s}
        - {name: hostile.event${i}, shape: event, texts: [${yaml(text)}], period: 1s}
        - {name: hostile.unit${i}, shape: sine, unit: ${yaml(text.slice(0, 16))}, period: 5s}`,
  );
  daemon = await new Daemon(`device: {name: ${yaml(SCRIPTS[0])}, site: ${yaml(SCRIPTS[1])}}
server: {view: public}
inputs:
  - id: plant
    plugin: simulator
    options:
      every: 200ms
      waves:
${waves.join('\n')}
`).start();
  const escaped = (text) => text.replace(/[\\ ,="]/g, (c) => (c === '"' ? c : `\\${c}`));
  const lines = SCRIPTS.map((text, i) => `hostile.label${i},room=${escaped(text)} value=${i}`);
  const answer = await fetch(`${daemon.url}/api/v1/write?unit=${encodeURIComponent('<b onclick=x>')}`, {
    method: 'POST',
    body: `${lines.join('\n')}\n`,
  });
  assert.equal(answer.status, 204, await answer.text());
  await waitUntil(
    'all of them are there',
    async () => (await daemon.get('/api/v1/series')).length === 4 * SCRIPTS.length,
  );
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

for (const path of ['/', '/explore?series=hostile.*&range=60s', '/inputs', '/settings']) {
  test(`nothing of what a device or a stranger names runs on ${path}`, async () => {
    const { page, close } = await openPage(browser, daemon, path);
    const violations = [];
    await page.exposeFunction('violated', (what) => violations.push(what));
    await page.evaluate(() =>
      document.addEventListener('securitypolicyviolation', (event) =>
        window.violated(`${event.violatedDirective}: ${event.sample}`),
      ),
    );
    await waitForConnection(page, 'live');
    if (path === '/') {
      // Shown, as the text that it is.
      await page
        .locator("[data-series='hostile.event0']")
        .getByText(SCRIPTS[0], { exact: false })
        .first()
        .waitFor();
    }
    await page.waitForFunction(() => performance.now() > 2500); // a period of every state and event
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    const foreign = await page.evaluate(
      () => document.querySelectorAll('img[src="x"], svg[onload], [onclick]').length,
    );
    assert.equal(foreign, 0, 'no element was made of a text');
    assert.deepEqual(violations, []);
    await close();
  });
}
