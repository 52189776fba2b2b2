// Debian's chromium, and pages that report whatever goes wrong in them.
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { chromium } from 'playwright-core';
import { SLOWNESS } from './wait.mjs';

export const DESKTOP = { viewport: { width: 1440, height: 900 } };
export const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

export function launch() {
  return chromium.launch({
    executablePath: process.env.TELLTALE_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      // The device by its own name: no secure context, as on any network.
      `--host-resolver-rules=MAP ${hostname()} 127.0.0.1`,
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

/** A page of its own context; `faults` collects errors of scripts and requests to anybody else. */
export async function openPage(browser, daemon, path, options = DESKTOP, prepare = async () => {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(10_000 * SLOWNESS);
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.stack ?? String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(daemon.url).host) faults.push(`asked ${request.url()}`);
  });
  await prepare(page);
  await page.goto(daemon.url + path);
  await page.evaluate(() => {
    window.sameDocument = true;
  });
  return { page, faults, close: () => context.close() };
}

export const value = (page, key) => page.locator(`.tile[data-series='${key}'] [data-value]`);

/** The first value of a tile: it may be there a moment before what it shows. */
export async function shown(page, key) {
  const locator = value(page, key);
  await locator.waitFor();
  if ((await locator.textContent()) === '–') await waitForChange(locator, '–');
  return locator.textContent();
}

/** The texts that an element shows, until it has shown another. */
export async function waitForChange(locator, before) {
  await locator
    .page()
    .waitForFunction(
      ([element, old]) => element.textContent !== old,
      [await locator.elementHandle(), before],
    );
  return locator.textContent();
}

export async function assertNotReloaded(page) {
  assert.equal(await page.evaluate(() => window.sameDocument === true), true, 'the page was loaded again');
}

export async function waitForConnection(page, state) {
  await page.waitForFunction((wanted) => document.body.dataset.connection === wanted, state, {
    timeout: 30_000 * SLOWNESS,
  });
}
