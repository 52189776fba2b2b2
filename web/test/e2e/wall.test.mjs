// A wall: dashboards in turn, states that can be read, a machine that does not keep up; and another language.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESKTOP, launch, openPage, waitForConnection } from './support/browser.mjs';
import { Daemon, PLANT } from './support/daemon.mjs';
import { waitUntil } from './support/wait.mjs';

const LONG = 'fault: the operator has to close the door, acknowledge at the panel and start again';
const BOARDS = `dashboards:
  - {name: one, title: First, panels: [{panel: scoreboard, y: press, title: Press}]}
  - {name: two, title: Second, panels: [{panel: stat, y: parts}]}
  - {name: three, title: Third, panels: [{panel: text, text: "# Three"}]}
`;
let daemon;
let browser;

before(async () => {
  const slow = `        - {name: press, shape: state, states: ['${LONG}'], period: 1h}\n`;
  daemon = await new Daemon(PLANT + slow + BOARDS).start();
  await waitUntil('all series are there', async () => (await daemon.get('/api/v1/series')).length === 7);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

const title = (page) => page.locator('.dashboard .page-title');

test('dashboards come in turn, only those that are asked for, without a trace in the history', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/d/one?kiosk&rotate=5s&among=one,two');
  await title(page).filter({ hasText: 'First' }).waitFor();
  const before = await page.evaluate(() => history.length);
  await title(page).filter({ hasText: 'Second' }).waitFor();
  await title(page).filter({ hasText: 'First' }).waitFor();
  assert.match(page.url(), /\/d\/one\?kiosk&rotate=5s&among=one,two$/);
  assert.equal(await page.evaluate(() => history.length), before);
  assert.equal(await page.locator('.header').count(), 0);
  assert.deepEqual(faults, []);
  await close();
});

test('the palette starts it from anywhere', async () => {
  const { page, close } = await openPage(browser, daemon, '/');
  await page.locator('.tile').first().waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('in turn');
  await page.keyboard.press('Enter');
  await title(page).filter({ hasText: 'First' }).waitFor();
  await page.waitForURL(/kiosk&rotate=30s/);
  await close();
});

test('a long state is read whole on the scoreboard', async () => {
  const { page, close } = await openPage(browser, daemon, '/d/one');
  const value = page.locator('[data-value]');
  await value.filter({ hasText: LONG }).waitFor();
  const cut = await value.evaluate(
    (element) =>
      element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1,
  );
  assert.equal(cut, false);
  assert.equal(await value.getAttribute('title'), LONG);
  await close();
});

test('a machine that does not keep up is told so, and draws less often', async () => {
  const { page, close } = await openPage(browser, daemon, '/');
  await waitForConnection(page, 'live');
  await page.evaluate(() => {
    window.burden = setInterval(() => {
      const until = performance.now() + 900;
      while (performance.now() < until);
    }, 950);
  });
  await page.getByText('Slow: fewer frames').waitFor({ timeout: 40_000 });
  await page.evaluate(() => clearInterval(window.burden));
  await page.getByText('Slow: fewer frames').waitFor({ state: 'detached', timeout: 40_000 });
  await close();
});

test('the page speaks the browser’s language, or the one that was chosen, numbers and dates too', async () => {
  const { page, faults, close } = await openPage(browser, daemon, '/', { ...DESKTOP, locale: 'de-DE' });
  await page.getByRole('link', { name: 'Übersicht' }).waitFor();
  const oven = page.locator(".tile[data-series='oven.temperature'] [data-value]");
  await oven.filter({ hasText: /^1\d\d,\d$/ }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  await page.getByRole('link', { name: 'Einstellungen' }).click();
  await page.getByLabel('Sprache').selectOption('en');
  await page.getByRole('link', { name: 'Overview' }).click();
  await oven.filter({ hasText: /^1\d\d\.\d$/ }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  assert.deepEqual(faults, []);
  await close();
});

test('read from right to left, nothing sticks out and the order is turned', async () => {
  for (const path of ['/', '/d/one', '/explore?series=oven.temperature', '/inputs', '/settings']) {
    const { page, close } = await openPage(browser, daemon, path);
    await page.locator('main > *').first().waitFor();
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl';
    });
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(wide, 0, path);
    const mark = await page.locator('.header-mark').boundingBox();
    assert.ok(mark.x > 700, `${path}: the mark stands on the right`);
    await close();
  }
});
