import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../src/api/device.ts';
import { NO_LOG, withLines } from '../../src/logic/log_lines.ts';

const line = (number: number) => ({
  number,
  time: number,
  level: 'info',
  part: 'net',
  text: `line ${number}`,
});

test('lines are added once, the oldest go', () => {
  const first = withLines(NO_LOG, { boot: 'a', next: 2, lines: [line(0), line(1)] })!;
  assert.deepEqual(
    first.lines.map(({ number }) => number),
    [0, 1],
  );
  const second = withLines(first, { boot: 'a', next: 3, lines: [line(1), line(2)] })!;
  assert.equal(second.lines.length, 3);
  const same = withLines(second, { boot: 'a', next: 3, lines: [] })!;
  assert.equal(same.lines, second.lines, 'nothing new: nothing is drawn');
  const many = withLines(second, {
    boot: 'a',
    next: 2_003,
    lines: Array.from({ length: 2_000 }, (_, i) => line(i + 3)),
  })!;
  assert.equal(many.lines.length, 1_000);
  assert.equal(many.lines.at(-1)!.number, 2_002);
});

test('another run of the daemon counts anew', () => {
  const first = withLines(NO_LOG, { boot: 'a', next: 9, lines: [line(8)] })!;
  assert.equal(withLines(first, { boot: 'b', next: 1, lines: [line(0)] }), null);
});

test('an answer that is none is refused', () => {
  assert.throws(() => readLog({ next: 'x', lines: [] }));
  assert.throws(() => readLog({ next: 1, lines: [{ number: 1 }] }));
});
