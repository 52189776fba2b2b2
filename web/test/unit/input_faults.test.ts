import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInputs } from '../../src/api/device.ts';
import { crashSummary, deniedText, pollText } from '../../src/logic/input_faults.ts';

const CRASH = {
  time: 5,
  cause: 'killed by SIGSEGV',
  signal: 'SIGSEGV',
  backtrace: ['read_sensor at thermo.so+0x1f32'],
  last_lines: ['the sensor is there'],
  denied: null,
  count: 1,
};

test('a crash report is read, and what does not fit is left out', () => {
  const [input] = readInputs([
    {
      id: 'a',
      crash: { ...CRASH, backtrace: ['f at x.so+0x1', 7], count: 'many' },
      denied: { socket: 3, openat: 'x' },
      polling: { late_p99_ms: 0.5, skipped: 2 },
      update_available: true,
    },
  ]);
  assert.deepEqual(input?.crash, {
    time: 5,
    cause: 'killed by SIGSEGV',
    signal: 'SIGSEGV',
    denied: '',
    backtrace: ['f at x.so+0x1', ''],
    lastLines: ['the sensor is there'],
    count: 0,
  });
  assert.deepEqual(input?.denied, [
    ['socket', 3],
    ['openat', 0],
  ]);
  assert.deepEqual(input?.polling, { skipped: 2, lateP99Ms: 0.5, lateMaxMs: 0 });
  assert.equal(input?.updateAvailable, true);
});

test('an input of an older device has no faults', () => {
  for (const none of [{}, { crash: null, polling: 7, denied: [], update_available: 'yes' }]) {
    const [input] = readInputs([{ id: 'a', ...none }]);
    assert.deepEqual(
      [input?.crash, input?.polling, input?.denied, input?.updateAvailable],
      [null, null, [], false],
    );
  }
});

test('a crash is told in one line', () => {
  const [first] = readInputs([{ id: 'a', crash: CRASH }]);
  const [often] = readInputs([{ id: 'a', crash: { ...CRASH, count: 12, denied: 'openat' } }]);
  const [bare] = readInputs([{ id: 'a', crash: {} }]);
  assert.equal(crashSummary(first?.crash as never), 'killed by SIGSEGV');
  assert.equal(crashSummary(often?.crash as never), 'killed by SIGSEGV · 12 times · refused before: openat');
  assert.equal(crashSummary(bare?.crash as never), 'ended');
});

test('refusals and lateness are told in words', () => {
  assert.equal(
    deniedText([
      ['socket', 1],
      ['openat', 3],
    ]),
    'socket once, openat 3 times',
  );
  assert.equal(pollText({ skipped: 0, lateP99Ms: 0.123, lateMaxMs: 34.4 }), 'p99 0.12 ms, at most 34 ms');
  assert.equal(
    pollText({ skipped: 2, lateP99Ms: 0, lateMaxMs: 0 }),
    'p99 0.00 ms, at most 0.00 ms, 2 skipped',
  );
});
