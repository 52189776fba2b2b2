import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAge, formatLasting, shownQuality, staleAfter } from '../../src/logic/freshness.ts';
import { IntervalEstimate } from '../../src/logic/interval.ts';

test('a value is stale after three of its usual intervals, never before five seconds', () => {
  assert.equal(staleAfter(100), 5_000);
  assert.equal(staleAfter(1_000), 5_000);
  assert.equal(staleAfter(60_000), 180_000);
  assert.equal(staleAfter(Number.NaN), Number.POSITIVE_INFINITY);
});

test('only what is good becomes stale by age', () => {
  assert.equal(shownQuality('good', 181_000, 60_000), 'stale');
  assert.equal(shownQuality('good', 179_000, 60_000), 'good');
  assert.equal(shownQuality('good', 1e12, Number.NaN), 'good');
  assert.equal(shownQuality('bad', 1e12, 1), 'bad');
  assert.equal(shownQuality('uncertain', 1e12, 1), 'uncertain');
  assert.equal(shownQuality('stale', 0, 1), 'stale');
});

const AGES: readonly (readonly [number, string])[] = [
  [-5, 'now'],
  [0, 'now'],
  [4_999, 'now'],
  [5_000, '5 s ago'],
  [59_999, '59 s ago'],
  [60_000, '1 min ago'],
  [3_599_999, '59 min ago'],
  [3_600_000, '1 h ago'],
  [86_400_000, '1 d ago'],
  [864_000_000, '10 d ago'],
];
for (const [age, text] of AGES) {
  test(`an age of ${age} ms is said as ${text}`, () => assert.equal(formatAge(age), text));
}

test('what has lasted is said in two units', () => {
  assert.deepEqual([0, 42_000, 725_000, 93_600_000, 86_400_000].map(formatLasting), [
    '0 s',
    '42 s',
    '12 min 5 s',
    '1 d 2 h',
    '1 d',
  ]);
});

test('the usual interval is the median of the last ones: a pause does not change it', () => {
  const interval = new IntervalEstimate();
  for (const time of [0, 1000, 2000]) interval.observe(time);
  assert.ok(Number.isNaN(interval.usualMs));
  for (const time of [3000, 60_000, 61_000]) interval.observe(time);
  assert.equal(interval.usualMs, 1000);
});

test('repeated and older times say nothing about the interval', () => {
  const interval = new IntervalEstimate();
  for (const time of [0, 0, 1000, 1000, 500, 2000, 3000]) interval.observe(time);
  assert.equal(interval.usualMs, 1000);
});

test('history suggests an interval until live readings know better', () => {
  const interval = new IntervalEstimate();
  interval.suggest(Number.NaN);
  assert.ok(Number.isNaN(interval.usualMs));
  interval.suggest(30_000);
  assert.equal(interval.usualMs, 30_000);
  for (const time of [0, 1000, 2000, 3000]) interval.observe(time);
  assert.equal(interval.usualMs, 1000);
  interval.suggest(9);
  assert.equal(interval.usualMs, 1000);
});
