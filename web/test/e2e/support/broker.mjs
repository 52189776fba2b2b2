// A real mosquitto on a free port, and its own client.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitUntil } from './wait.mjs';

// Not in every user's PATH.
const SERVER = existsSync('/usr/sbin/mosquitto') ? '/usr/sbin/mosquitto' : 'mosquitto';

export class Broker {
  async start() {
    this.port = await freePort();
    this.home = mkdtempSync(join(tmpdir(), 'telltale-broker-'));
    writeFileSync(
      join(this.home, 'mosquitto.conf'),
      `listener ${this.port} 127.0.0.1\nallow_anonymous true\n`,
    );
    this.process = spawn(SERVER, ['-c', join(this.home, 'mosquitto.conf')], { stdio: 'ignore' });
    await waitUntil('mosquitto listens', () => this.listens());
    return this;
  }

  listens() {
    return new Promise((resolve) => {
      const socket = net.connect(this.port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }

  publish(topic, payload) {
    execFileSync('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(this.port), '-t', topic, '-m', payload], {
      timeout: 10_000,
    });
  }

  async cleanUp() {
    if (this.process.exitCode === null) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGTERM');
      await ended;
    }
    rmSync(this.home, { recursive: true, force: true });
  }
}
