// What the page costs whoever looks at it: cold starts, twenty charts, a thousand tiles, long histories.
//   node page_load.mjs '{"task": "cold" | "charts" | "tiles" | "long", "url", …}'
// Prints one JSON object; its names are those of sections/page.py.
import { launch } from '../../web/test/e2e/support/browser.mjs';

const settings = JSON.parse(process.argv[2]);
const DESK = { viewport: { width: 1440, height: 900 } };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Before the page's own scripts: counts long tasks, and says when the first value was painted. */
function watch(selector) {
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    const value = document.querySelector(selector)?.textContent ?? '';
    if (!/\d/.test(value)) return requestAnimationFrame(look);
    // The task after the frame that shows it.
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      window.firstValueAt = performance.now();
    };
    channel.port2.postMessage(0);
  };
  requestAnimationFrame(look);
}

async function open(browser, path) {
  const context = await browser.newContext(DESK);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const sizes = [];
  // Some end with the page itself.
  page.on('requestfinished', (request) => sizes.push(request.sizes().catch(() => null)));
  await page.addInitScript(watch, settings.value ?? '.tile [data-value]');
  await page.goto(settings.url + path);
  return { page, sizes, close: () => context.close() };
}

async function metrics(session) {
  const { metrics: list } = await session.send('Performance.getMetrics');
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

/** What a page costs for so long, once it stands. */
async function cost(page, seconds) {
  const session = await page.context().newCDPSession(page);
  // In processor time of the page's main thread: what else the machine does is not the page's.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return (await metrics(session)).JSHeapUsedSize;
  };
  await page.evaluate(() => {
    window.canvases = new Set(document.querySelectorAll('canvas'));
    window.longTasks = [];
  });
  const heapBefore = await heap();
  const before = await metrics(session);
  const began = performance.now();
  await pause(seconds * 1_000);
  const after = await metrics(session);
  const lasted = (performance.now() - began) / 1_000;
  const heapAfter = await heap();
  const seen = await page.evaluate(() => ({
    longTasks: window.longTasks.length,
    longest: Math.max(0, ...window.longTasks),
    replaced: [...document.querySelectorAll('canvas')].filter((canvas) => !window.canvases.has(canvas)).length,
    canvases: window.canvases.size,
  }));
  return {
    busy: ((after.TaskDuration - before.TaskDuration) / lasted) * 100,
    heapGrowth: (heapAfter - heapBefore) / 1e6,
    heap: heapAfter / 1e6,
    ...seen,
  };
}

async function cold(browser) {
  const found = { firstValue: [], bytes: 0 };
  for (let i = 0; i < settings.rounds; i += 1) {
    const { page, sizes, close } = await open(browser, settings.path ?? '/');
    await page.waitForFunction(() => window.firstValueAt !== undefined);
    found.firstValue.push(await page.evaluate(() => window.firstValueAt));
    const done = await Promise.all(sizes);
    found.bytes ||= done.reduce((sum, one) => sum + (one === null ? 0 : one.responseBodySize + one.responseHeadersSize), 0);
    await close();
  }
  return found;
}

async function charts(browser) {
  const { page, close } = await open(browser, '/d/charts');
  await page.waitForFunction(() => document.querySelectorAll('[data-chart] canvas').length === 20);
  await pause(3_000);
  const found = await cost(page, settings.seconds);
  await close();
  return found;
}

async function tiles(browser) {
  const { page, close } = await open(browser, '/');
  await page.waitForFunction(() => window.firstValueAt !== undefined);
  await pause(3_000);
  const found = await cost(page, settings.seconds);
  found.tiles = await page.locator('.tile').count();
  await close();
  return found;
}

/** The time that a mouse move takes: its handlers, and the frame that it makes; not the wait between them. */
function moveCosts(count) {
  const area = document.querySelector('.u-over');
  const box = area.getBoundingClientRect();
  const one = (i) =>
    new Promise((resolve) => {
      const clientX = box.left + box.width * (0.1 + (0.8 * i) / count);
      const began = performance.now();
      area.dispatchEvent(
        new MouseEvent('mousemove', { clientX, clientY: box.top + 60, movementX: 1, bubbles: true }),
      );
      const handled = performance.now() - began;
      requestAnimationFrame((frame) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(handled + performance.now() - Math.max(frame, began + handled));
        channel.port2.postMessage(0);
      });
    });
  area.dispatchEvent(new MouseEvent('mouseenter', { clientX: box.left + 5, clientY: box.top + 60 }));
  return (async () => {
    const took = [];
    for (let i = 0; i < count; i += 1) took.push(await one(i));
    return took;
  })();
}

/** From the button's release to the frame that shows the finer answer of the device. */
function watchZoom() {
  const chart = document.querySelector('[data-chart]');
  window.zoomed = new Promise((resolve) => {
    let released = 0;
    window.addEventListener('mouseup', () => {
      released = performance.now();
    }, { once: true, capture: true });
    let began = false;
    new MutationObserver((_changes, observer) => {
      if (chart.hasAttribute('data-loading')) began = true;
      else if (began && released > 0) {
        observer.disconnect();
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => resolve(performance.now() - released);
          channel.port2.postMessage(0);
        });
      }
    }).observe(chart, { attributes: true, attributeFilter: ['data-loading'] });
  });
}

async function long(browser) {
  const series = Array.from({ length: 6 }, (_, i) => `series=long.s${i}`).join('&');
  const { page, close } = await open(browser, `/explore?${series}&from=${settings.from}&to=${settings.to}`);
  const ready = () =>
    page.waitForFunction(() => {
      const chart = document.querySelector('[data-chart]');
      return chart?.querySelector('.u-over') != null && !chart.hasAttribute('data-loading');
    });
  await ready();
  await pause(1_000);
  const found = { moves: await page.evaluate(moveCosts, settings.moves), zooms: [] };
  const box = await page.locator('.u-over').boundingBox();
  const at = (share) => [box.x + box.width * share, box.y + 80];
  for (let i = 0; i < settings.zooms; i += 1) {
    await page.evaluate(watchZoom);
    const begin = 0.2 + 0.05 * (i % 5);
    await page.mouse.move(...at(begin));
    await page.mouse.down();
    await page.mouse.move(...at(begin + 0.3), { steps: 5 });
    await page.mouse.up();
    found.zooms.push(await page.evaluate(() => window.zoomed));
    await page.goto(`${settings.url}/explore?${series}&from=${settings.from}&to=${settings.to}`);
    await ready();
    await pause(300);
  }
  await close();
  return found;
}

const browser = await launch();
try {
  console.log(JSON.stringify(await { cold, charts, tiles, long }[settings.task](browser)));
} finally {
  await browser.close();
}
