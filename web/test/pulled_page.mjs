// A page whose network goes away and comes back: run by tests/integration/test_network_pull.py in a namespace of its own.
//   node pulled_page.mjs URL      says "ready"; reads "back" when the cable is back; prints one line of JSON
// {"seconds": from "back" until a new reading is shown, "shown": what the crosshair reads at ten places of the time
// that it was away}
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { launch, openPage, waitForConnection } from './e2e/support/browser.mjs';

const RANGE_S = 60;
const url = process.argv[2];
const lines = createInterface({ input: process.stdin });
const browser = await launch();
try {
  const { page } = await openPage(browser, { url }, `/explore?series=sim.sequence&range=${RANGE_S}s`);
  await waitForConnection(page, 'live');
  const figure = page.locator('.chart-figure');
  await figure.waitFor();
  console.log('ready');
  await once(lines, 'line'); // "pulled"
  const away = Date.now();
  await once(lines, 'line'); // "back"
  const back = Date.now();
  const old = await figure.textContent();
  await page.waitForFunction(
    ([text]) => document.querySelector('.chart-figure').textContent !== text,
    [old],
    {
      timeout: 30_000,
    },
  );
  const seconds = (Date.now() - back) / 1000;
  await waitForConnection(page, 'live');
  const box = await page.locator('.u-over').boundingBox();
  const shown = [];
  for (let i = 1; i <= 10; ++i) {
    const moment = away + ((back - away) * i) / 11;
    const share = 1 - (Date.now() - moment) / 1000 / RANGE_S;
    await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
    shown.push(await page.locator('.chart-cursor').textContent());
  }
  console.log(JSON.stringify({ seconds, shown }));
} finally {
  await browser.close();
  lines.close();
  process.stdin.destroy();
}
