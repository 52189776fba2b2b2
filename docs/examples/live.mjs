// Prints readings of a Telltale device as they happen, and misses none: lost connections are made anew, and go on
// where they were.
//
//     node live.mjs http://device:8080 'press7.*' [SELECTOR…] [--binary] [--count=N]
//
// A line is KEY TIME_MS VALUE [QUALITY]. Needs node 18 and the npm package `ws`; in a browser, decodeBinary() and
// Follower work as they are, in a page that the device serves. The protocol is described in docs/live-protocol.md.

const QUALITIES = ['good', 'stale', 'uncertain', 'bad'];
const KINDS = ['gauge', 'counter', 'state', 'event'];

/** Reads a binary message from its front. */
class Cursor {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }
  byte() {
    return this.view.getUint8(this.at++);
  }
  /** Exact to 2^53, which times, counts and refs stay below. */
  count() {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }
  integer() {
    const value = this.count();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  slice(length) {
    if (length > this.bytes.length - this.at) throw new RangeError('the message is cut off');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  text() {
    return new TextDecoder().decode(this.slice(this.count()));
  }
  double() {
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }
  list(read) {
    return Array.from({ length: this.count() }, read);
  }
}

function binarySeries(cursor) {
  const series = { ref: cursor.count(), key: cursor.text(), input: cursor.text(), unit: cursor.text() };
  series.kind = KINDS[cursor.byte()];
  series.labels = Object.fromEntries(cursor.list(() => [cursor.text(), cursor.text()]));
  const flags = cursor.byte();
  if (flags & 1) series.title = cursor.text();
  if (flags & 2) series.decimals = cursor.count();
  if (flags & 4) series.range = [cursor.double(), cursor.double()];
  if (flags & 8) series.states = cursor.list(() => [cursor.integer(), cursor.text()]);
  return series;
}

function binaryRows(cursor) {
  const count = cursor.count();
  const flags = cursor.byte();
  const column = (read) => Array.from({ length: count }, read);
  const running = () => {
    let last = 0;
    return column(() => (last += cursor.integer()));
  };
  const refs = running();
  const times = running();
  const marks = flags & 1 ? column(() => cursor.byte()) : column(() => 0);
  const values = marks.map((mark) => (mark & 4 ? null : cursor.double()));
  const texts = marks.map((mark) => (mark & 4 ? cursor.text() : null));
  return marks.map((mark, i) => {
    const value = mark & 4 ? texts[i] : Number.isFinite(values[i]) ? values[i] : null;
    return mark & 3 ? [refs[i], times[i], value, QUALITIES[mark & 3]] : [refs[i], times[i], value];
  });
}

/** A message of telltale.binary.v1 as one of the JSON form; states keep their numbers. */
export function decodeBinary(bytes) {
  const cursor = new Cursor(bytes);
  switch (cursor.byte()) {
    case 1:
      return { op: 'hello', version: cursor.text(), boot: cursor.text(), time: cursor.integer() };
    case 2:
      return {
        op: 'series',
        id: cursor.text(),
        series: cursor.list(() => binarySeries(new Cursor(cursor.slice(cursor.count())))),
      };
    case 3:
      return { op: 'data', id: cursor.text(), seq: cursor.integer(), rows: binaryRows(cursor) };
    case 4:
      return { op: 'gap', id: cursor.text(), from: cursor.integer(), to: cursor.integer() };
    case 5:
      return { op: 'error', id: cursor.text(), code: cursor.text(), message: cursor.text() };
    default:
      return { op: null }; // of a newer device
  }
}

/** One subscription, over as many connections as it takes. onReading gets key, time, value and quality. */
export class Follower {
  constructor(Socket, url, wanted, onReading) {
    Object.assign(this, { Socket, url, wanted, onReading });
    this.binary = wanted.binary ?? false;
    this.newest = new Map(); // time of what was told last, by key
    this.filled = new Map(); // time up to which the history told: frames that came meanwhile repeat it
    this.work = Promise.resolve(); // messages, one after the other
    this.connect();
  }

  connect() {
    const socket = new this.Socket(
      `${this.url.replace(/^http/, 'ws')}/api/v1/live`,
      this.binary ? 'telltale.binary.v1' : 'telltale.json.v1',
    );
    this.socket = socket;
    this.series = new Map();
    socket.binaryType = 'arraybuffer';
    let heard = Date.now();
    // A browser cannot send pings: what names no subscription is answered with an error.
    const timer = setInterval(() => {
      if (Date.now() - heard > 4000) return end();
      if (socket.readyState === 1) socket.send('{"op":"unsubscribe","id":"?"}');
    }, 1000);
    const end = () => {
      clearInterval(timer);
      if (this.socket !== socket) return;
      this.socket = null;
      socket.close();
      if (!this.ended) setTimeout(() => this.connect(), 500);
    };
    socket.onopen = () => {
      const { series, rate } = this.wanted;
      socket.send(JSON.stringify({ op: 'subscribe', id: 'a', series, rate, since: this.since }));
    };
    socket.onmessage = ({ data }) => {
      heard = Date.now();
      const message = typeof data === 'string' ? JSON.parse(data) : decodeBinary(new Uint8Array(data));
      this.work = this.work.then(() => this.socket === socket && this.take(message)).catch(end);
    };
    socket.onclose = end;
    socket.onerror = end;
  }

  async take(message) {
    if (message.op === 'series') {
      for (const one of message.series) this.series.set(one.ref, one);
    } else if (message.op === 'gap') {
      await this.fill(message.from, message.to);
      this.repeats = true;
    } else if (message.op === 'error' && message.id !== '?') {
      console.error(`${message.code}: ${message.message}`);
    } else if (message.op === 'data') {
      for (const [ref, time, value, quality] of message.rows) {
        const series = this.series.get(ref);
        const told = (this.repeats ? this.newest : this.filled).get(series.key) ?? -Infinity;
        if (time <= told) continue;
        this.tell(series.key, time, named(series, value), quality ?? 'good');
      }
      this.repeats = false;
      this.since = message.seq;
    }
  }

  /** What a gap left out, from the history. Statistics of windows are not asked for: their newest value comes. */
  async fill(from, to) {
    const query = new URLSearchParams({ from, to: to + 1, stat: 'raw' });
    for (const selector of this.wanted.series) if (!selector.includes('@')) query.append('series', selector);
    if (!query.has('series') || this.newest.size === 0) return;
    const answer = await fetch(`${this.url}/api/v1/query?${query}`);
    if (!answer.ok) return console.error(`the gap from ${from} to ${to} stays: ${answer.status}`);
    for (const { key, data } of (await answer.json()).series) {
      const told = this.newest.get(key) ?? -Infinity;
      data[0].forEach((time, i) => time > told && this.tell(key, time, data[1][i], 'good'));
      if (data[0].length > 0) this.filled.set(key, data[0].at(-1));
    }
  }

  tell(key, time, value, quality) {
    this.newest.set(key, Math.max(time, this.newest.get(key) ?? time));
    if (!this.ended) this.onReading(key, time, value, quality);
  }

  close() {
    this.ended = true;
    this.socket?.close();
  }
}

/** A state's name; the JSON form has it in the row. */
function named(series, value) {
  if (series.kind !== 'state' || typeof value !== 'number') return value;
  return series.states?.find(([number]) => number === value)?.[1] ?? String(value);
}

async function main() {
  const options = process.argv.slice(2);
  const [url, ...series] = options.filter((option) => !option.startsWith('--'));
  let left = Number(options.find((option) => option.startsWith('--count='))?.slice(8) ?? Infinity);
  const { WebSocket } = await import('ws');
  const wanted = { series, rate: 20, binary: options.includes('--binary') };
  const follower = new Follower(WebSocket, url, wanted, (key, time, value, quality) => {
    console.log(key, time, JSON.stringify(value), ...(quality === 'good' ? [] : [quality]));
    if (--left <= 0) follower.close();
  });
}

if (globalThis.process?.argv[1] && import.meta.url === `file://${process.argv[1]}`) await main();
