// A new device is set up from another machine, logged out of, and logged in to again. Behind a proxy on the device
// everybody comes from the network: the header that says so is what makes this browser a stranger.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage, PHONE, shown } from './support/browser.mjs';
import { Daemon, PLANT } from './support/daemon.mjs';

const STRANGER = { ...PHONE, extraHTTPHeaders: { 'X-Forwarded-For': '192.0.2.7' } };
let daemon;
let browser;

before(async () => {
  daemon = await new Daemon(PLANT.replace('view: public', 'view: login')).start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await daemon?.cleanUp();
});

test('a stranger sees the setup, and with the code the readings', async () => {
  const { page, close } = await openPage(browser, daemon, '/', STRANGER);
  await page.getByRole('heading', { name: 'Set up this device' }).waitFor();
  assert.equal(await page.locator('.tile').count(), 0);
  const fill = async (code) => {
    await page.getByLabel('Setup code').fill(code);
    await page.getByLabel('Name').fill('anna');
    await page.getByLabel('Password').fill('correct horse');
    await page.getByRole('button', { name: 'Set up' }).tap();
  };
  await fill('AAAA-AAAA');
  await page.getByText('this is not the setup code').waitFor();
  await fill(/setup code\s+(\S+)/.exec(daemon.tool('status'))[1]);
  await shown(page, 'oven.temperature');

  await page.goto(`${daemon.url}/settings`);
  await page.getByText('see readings, post readings, change the device').waitFor();
  await page.getByRole('button', { name: 'Log out' }).tap();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Password').fill('wrong horse');
  await page.getByRole('button', { name: 'Log in' }).tap();
  await page.getByText('the name or the password is wrong').waitFor();
  await page.getByLabel('Password').fill('correct horse');
  await page.keyboard.press('Enter');
  await shown(page, 'oven.temperature');
  await close();
});
