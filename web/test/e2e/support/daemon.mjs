// The real daemon in a directory of its own.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitUntil } from './wait.mjs';

const BIN = process.env.TELLTALE_BIN_DIR;

/** A small plant, fast enough to watch: each kind of series, long names, no units, faults. */
export const PLANT = `device: {name: press-7, site: hall-2}
server: {view: public}
storage: {commit: 1s}
inputs:
  - id: plant
    plugin: simulator
    options:
      every: 200ms
      seed: 7
      waves:
        - {name: oven.temperature, shape: sine, unit: °C, offset: 180, amplitude: 15, period: 10s, noise: 0.5, decimals: 1}
        - {name: oven.door, shape: event, texts: [opened by the operator, closed], period: 2s}
        - {name: line.pressure, shape: walk, unit: bar, offset: 6, amplitude: 1, decimals: 2}
        - {name: line.a_rather_long_name.that_goes_on.and_on.for.a.while, shape: noise, offset: 5, amplitude: 5}
        - {name: parts, shape: counter, amplitude: 300, period: 1m}
        - {name: machine, shape: state, states: [running, idle, fault], period: 3s}
`;

export class Daemon {
  /** `env`: what it finds in its environment besides. */
  constructor(config, env = {}) {
    this.env = env;
    if (!BIN) throw new Error('TELLTALE_BIN_DIR must name the directory of telltaled');
    this.home = mkdtempSync(join(tmpdir(), 'telltale-page-'));
    mkdirSync(join(this.home, 'run'));
    writeFileSync(join(this.home, 'telltale.yaml'), config);
    this.process = null;
  }

  async start() {
    this.port ??= await freePort();
    const log = openSync(join(this.home, 'telltaled.log'), 'a');
    this.process = spawn(
      join(BIN, 'telltaled'),
      [
        ...['--config', join(this.home, 'telltale.yaml'), '--state', join(this.home, 'state')],
        ...['--run', join(this.home, 'run'), '--listen', `127.0.0.1:${this.port}`],
      ],
      {
        stdio: ['ignore', log, log],
        cwd: this.home,
        env: { PATH: process.env.PATH, HOME: this.home, ...this.env },
      },
    );
    closeSync(log);
    await waitUntil('the daemon answers on /healthz', async () => {
      if (this.process.exitCode !== null)
        throw new Error(`the daemon ended with ${this.process.exitCode}:\n${this.log()}`);
      return fetch(`${this.url}/healthz`).then(
        (answer) => answer.ok,
        () => false,
      );
    });
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What the command line tool prints. */
  tool(...args) {
    return execFileSync(join(BIN, 'telltale'), ['--run', join(this.home, 'run'), ...args], {
      encoding: 'utf8',
    });
  }

  log() {
    return readFileSync(join(this.home, 'telltaled.log'), 'utf8');
  }

  async get(path) {
    const answer = await fetch(this.url + path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async write(lines) {
    const answer = await fetch(`${this.url}/api/v1/write`, { method: 'POST', body: lines });
    if (answer.status !== 204) throw new Error(`write: ${answer.status} ${await answer.text()}`);
  }

  /** By the process id alone; the plugins' processes die with it by their own rule. */
  async end(signal = 'SIGTERM') {
    if (this.process === null || this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill(signal);
    await ended;
  }

  async cleanUp() {
    await this.end('SIGKILL');
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}
