import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LARGEST, wallScale } from '../../src/logic/wall_fit.ts';

test('few tiles grow, many stay as they are', () => {
  assert.equal(wallScale([2], 1920, 1080), LARGEST);
  const some = wallScale([9, 6], 1920, 1080);
  assert.ok(some > 1 && some < LARGEST, `${some}`);
  assert.equal(wallScale([400], 1920, 1080), 1);
  assert.equal(wallScale([], 1920, 1080), LARGEST);
});

test('a larger wall has larger tiles, never smaller ones', () => {
  const counts = [10, 9];
  let before = 0;
  for (let width = 1000; width <= 7680; width += 335) {
    const scale = wallScale(counts, width, (width * 9) / 16);
    assert.ok(scale >= before - 0.11, `${width}: ${scale} after ${before}`);
    before = scale;
  }
  assert.ok(before > 2);
});
