import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInputs } from '../../src/api/device.ts';
import {
  crashSummary,
  deniedText,
  pollText,
  refusedAbout,
  refusedText,
} from '../../src/logic/input_faults.ts';

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

const REFUSED = {
  count: 1003,
  reasons: { 'payload.not_json': 1001, 'frames.wrong_checksum': 2 },
  last: {
    time: 9,
    reason: 'payload.not_json',
    source: 'plant/hall',
    detail: null,
    payload: '<script>alert(1)</script>\\x00',
    bytes: 9000,
  },
};

test('refused payloads are read, and an older device has none', () => {
  const [input] = readInputs([{ id: 'a', refused: REFUSED }]);
  assert.deepEqual(input?.refused.last, { ...REFUSED.last, detail: '' });
  assert.deepEqual(input?.refused.reasons, [
    ['payload.not_json', 1001],
    ['frames.wrong_checksum', 2],
  ]);
  for (const none of [
    {},
    { refused: null },
    { refused: { count: 0, reasons: {}, last: null } },
    { refused: 7 },
  ]) {
    const [bare] = readInputs([{ id: 'a', ...none }]);
    assert.deepEqual(bare?.refused, { count: 0, reasons: [], last: null });
  }
});

test('refused payloads are told in words, the most frequent reason first', () => {
  const [input] = readInputs([
    { id: 'a', refused: { ...REFUSED, reasons: { b: 2, 'payload.not_json': 1001 } } },
  ]);
  const refused = input?.refused as never;
  assert.equal(refusedText(refused), '1003 payloads refused: not json 1001, b 2');
  assert.equal(refusedAbout(input?.refused.last as never), 'not json · from plant/hall · 9000 bytes');
  assert.equal(
    refusedAbout({ time: null, reason: 'frames.torn', source: '', detail: 'no end', payload: '', bytes: 1 }),
    'frames torn: no end · 1 byte',
  );
});
