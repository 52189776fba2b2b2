import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../src/logic/pace.ts';
import { nextInTurn, readTurn, turnToQuery } from '../../src/logic/rotation.ts';

const turn = (query: string) => readTurn(new URLSearchParams(query));

test('a turn is read from the address and written back', () => {
  assert.equal(turn('kiosk'), null);
  assert.equal(turn('rotate=soon'), null);
  assert.deepEqual(turn('rotate=1m&among=hall,line'), { everyMs: 60_000, among: ['hall', 'line'] });
  assert.equal(turn('rotate=1s')?.everyMs, 5_000);
  assert.equal(turnToQuery({ everyMs: 60_000, among: ['a', 'b'] }), 'rotate=1m&among=a,b');
  assert.equal(turnToQuery({ everyMs: 30_000, among: [] }), 'rotate=30s');
});

test('one comes after the other, in the order that is asked for, and only those that are there', () => {
  assert.equal(nextInTurn(['a', 'b', 'c'], [], 'c'), 'a');
  assert.equal(nextInTurn(['a', 'b', 'c'], [], ''), 'a');
  assert.equal(nextInTurn(['a', 'b', 'c'], ['c', 'gone', 'a'], 'c'), 'a');
  assert.equal(nextInTurn(['a'], [], 'a'), null);
  assert.equal(nextInTurn([], [], ''), null);
});

function looks(pace: Pace, steps: readonly number[], start = 0, seen = true): number {
  let at = start;
  for (const step of steps) {
    at += step;
    pace.look(at, seen);
  }
  return at;
}
const many = (count: number, step: number) => Array.from({ length: count }, () => step);

test('a machine that is late most of the time is slow, until there was room for a while', () => {
  const pace = new Pace();
  let at = looks(pace, [500, ...many(9, 900)]);
  assert.equal(pace.slow, false);
  at = looks(pace, many(1, 900), at);
  assert.equal(pace.slow, true);
  at = looks(pace, many(18, 505), at);
  assert.equal(pace.slow, true, 'a short rest is not enough');
  looks(pace, many(3, 505), at);
  assert.equal(pace.slow, false);
});

test('a single long pause, sleep, and the background say nothing', () => {
  const pace = new Pace();
  looks(pace, [500, 500, 4_000, 500, 600_000, 500, 500]);
  assert.equal(pace.slow, false);
  looks(new Pace(), many(30, 1_000), 0, false);
  const hidden = new Pace();
  looks(hidden, many(30, 1_000), 0, false);
  assert.equal(hidden.slow, false);
});
