// A real Modbus slave (pymodbus), the one of the integration tests.
import { spawn } from 'node:child_process';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, waitUntil } from './wait.mjs';

// Debian's, which has pymodbus.
const PYTHON = '/usr/bin/python3';
const SCRIPT = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../../../tests/integration/modbus_slaves.py',
);

export class Slave {
  async start() {
    this.port = await freePort();
    this.process = spawn(PYTHON, [SCRIPT, 'pymodbus', 'tcp', String(this.port)], { stdio: 'ignore' });
    await waitUntil('the slave listens', () => this.listens(), 20);
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

  async cleanUp() {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
  }
}
