import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRate, Rates } from '../../src/logic/rates.ts';
import { nextBounds } from '../../src/logic/y_range.ts';

test('the axis grows at once and shrinks only when it is mostly empty', () => {
  const first = nextBounds(null, 10, 20);
  assert.ok(first.min < 10 && first.max > 20);
  assert.equal(nextBounds(first, 11, 19), first);
  const grown = nextBounds(first, 10, 30);
  assert.ok(grown.max > 30);
  const shrunk = nextBounds(grown, 10, 12);
  assert.ok(shrunk.max < 13);
});

test('a flat line has room around it, nothing has an axis all the same', () => {
  const flat = nextBounds(null, 5, 5);
  assert.ok(flat.min < 5 && flat.max > 5);
  assert.deepEqual(nextBounds(null, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY), { min: 0, max: 1 });
  assert.equal(nextBounds(flat, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY), flat);
});

test('what is never negative gets no negative axis', () => {
  assert.equal(nextBounds(null, 0, 100).min, 0);
});

test('rates come from two looks, and not from a counter that began anew', () => {
  const rates = new Rates();
  rates.observe(new Map([['a', 100]]), 0);
  assert.equal(rates.of('a'), null);
  rates.observe(new Map([['a', 300]]), 2000);
  assert.equal(rates.of('a'), 100);
  rates.observe(new Map([['a', 5]]), 4000);
  assert.equal(rates.of('a'), null);
  assert.equal(formatRate(null), '–');
});
