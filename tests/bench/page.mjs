// From an MQTT publish to the painted number, in a real browser, for Telltale's page, the bare relay's and those of peers in
// turn.
//   node page.mjs '{"mqttPort", "pages": {NAME: {"url", "value": SELECTOR}}, "topic", "rounds", "count"}'
// Prints {"scripts": bytes of script on the wire of the first page's first load, "paints": {NAME: [[ms, …], …]}}.
import net from 'node:net';
import { launch } from '../../web/test/e2e/support/browser.mjs';

const PERIOD = 200; // ms: 5 Hz
const PATIENCE = 1_000; // ms for one number to appear
const settings = JSON.parse(process.argv[2]);

/** MQTT 3.1.1, QoS 0, by hand, so that nothing waits between the call and the wire. */
class Publisher {
  async connect(port) {
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const text = (word) => [0, word.length, ...Buffer.from(word)];
    const body = [...text('MQTT'), 4, 2, 0, 0, ...text('bench-page')];
    this.socket.write(Buffer.from([0x10, body.length, ...body]));
    await new Promise((resolve, reject) => {
      this.socket.once('data', (answer) =>
        answer[3] === 0 ? resolve() : reject(new Error('the broker refused')),
      );
      this.socket.once('error', reject);
    });
    return this;
  }
  publish(topic, payload) {
    const body = Buffer.concat([Buffer.from([0, topic.length]), Buffer.from(topic + payload)]);
    this.socket.write(Buffer.concat([Buffer.from([0x30, body.length]), body]));
  }
}

/**
 * Runs in the page before its own scripts: for each change of the watched text, when it was painted. That is the first
 * task after the frame in which the change stands: this one's, when the change was made in a frame's callback, or else
 * the next one's.
 */
function watchPaints() {
  const ask = window.requestAnimationFrame.bind(window);
  const channel = new MessageChannel();
  let afterFrame = [];
  let inFrame = false;
  channel.port1.onmessage = () => {
    inFrame = false;
    const waiting = afterFrame;
    afterFrame = [];
    const now = performance.timeOrigin + performance.now();
    for (const done of waiting) done(now);
  };
  const enterFrame = () => {
    if (!inFrame) channel.port2.postMessage(0);
    inFrame = true;
  };
  window.requestAnimationFrame = (callback) =>
    ask((time) => {
      enterFrame();
      callback(time);
    });
  window.watchText = (selector) => {
    window.paints = [];
    // Of whatever the page shows there: a tile may be made anew.
    const within = ({ target }) => (target instanceof Element ? target : target.parentElement)?.closest(selector);
    new MutationObserver((changes) => {
      if (!changes.some(within)) return;
      afterFrame.push((now) => window.paints.push(now));
      if (!inFrame) ask(enterFrame);
    }).observe(document.body, { characterData: true, childList: true, subtree: true });
  };
}

/** What to add to the page's clock to get ours: of many looks the one that took least. */
async function clockOffset(page) {
  let best = { took: Number.POSITIVE_INFINITY, offset: 0 };
  for (let i = 0; i < 60; i++) {
    const before = performance.now();
    const theirs = await page.evaluate(() => performance.timeOrigin + performance.now());
    const after = performance.now();
    if (after - before < best.took) best = { took: after - before, offset: (before + after) / 2 - theirs };
  }
  return best.offset;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let number = 0;
/** Always another text than the one before, and as long. */
const nextPayload = () => `{"value": ${20 + (number++ % 70)}.5}`;

async function untilShown(page, value, publisher) {
  const shown = () =>
    page.evaluate((wanted) => /\d/.test(document.querySelector(wanted)?.textContent ?? ''), value);
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await pause(PERIOD)) {
    publisher.publish(settings.topic, nextPayload());
    if (await shown()) return;
  }
  throw new Error(`${page.url()} shows no number in ${value}`);
}

async function open(browser, { url, value }, publisher) {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  const scripts = [];
  page.on('requestfinished', (request) => {
    if (request.resourceType() === 'script') scripts.push(request.sizes());
  });
  await page.addInitScript(watchPaints);
  await page.goto(url);
  // Whoever was late for one message shows the next.
  await untilShown(page, value, publisher);
  await page.evaluate((wanted) => window.watchText(wanted), value);
  const bytes = (await Promise.all(scripts)).reduce((sum, sizes) => sum + sizes.responseBodySize, 0);
  return { page, bytes };
}

async function round(page, publisher) {
  const offset = await clockOffset(page);
  const took = [];
  for (let i = 0; i < settings.count + 3; i++) {
    await page.evaluate(() => {
      window.paints = [];
    });
    await pause(PERIOD - 40 + Math.random() * 40); // not in step with the frames
    const published = performance.now();
    publisher.publish(settings.topic, nextPayload());
    await pause(40);
    const painted = await page.waitForFunction(() => window.paints[0], null, { timeout: PATIENCE });
    if (i >= 3) took.push((await painted.jsonValue()) + offset - published);
  }
  return took;
}

const publisher = await new Publisher().connect(settings.mqttPort);
const browser = await launch();
try {
  const found = { scripts: null, paints: {} };
  for (let i = 0; i < settings.rounds; i++) {
    for (const [name, where] of Object.entries(settings.pages)) {
      console.error(`[bench] page: ${name}, round ${i + 1}`);
      const { page, bytes } = await open(browser, where, publisher);
      found.scripts ??= bytes;
      found.paints[name] ??= [];
      found.paints[name].push(await round(page, publisher));
      await page.context().close();
    }
  }
  console.log(JSON.stringify(found));
} finally {
  await browser.close();
  publisher.socket.destroy();
}
