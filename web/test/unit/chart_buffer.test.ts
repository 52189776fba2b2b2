import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChartBuffer, type HistoryColumns, MAX_POINTS } from '../../src/logic/chart_buffer.ts';
import { fillWindow, makeWindow } from '../../src/logic/chart_window.ts';
import { seeded } from './support.ts';

function history(
  times: number[],
  means: (number | null)[],
  more: Partial<HistoryColumns> = {},
): HistoryColumns {
  return {
    times,
    means,
    mins: null,
    maxs: null,
    counts: null,
    step: 0,
    to: (times.at(-1) ?? 0) + 1,
    ...more,
  };
}

const timesOf = (buffer: ChartBuffer) => Array.from({ length: buffer.length }, (_, i) => buffer.time(i));
const meansOf = (buffer: ChartBuffer) => Array.from({ length: buffer.length }, (_, i) => buffer.mean(i));

test('readings that came while the query ran follow the history, none twice', () => {
  const buffer = new ChartBuffer();
  buffer.hold();
  for (const time of [2000, 3000, 4000]) buffer.add(time, time / 1000);
  buffer.load(history([1000, 2000, 3000], [1, 2, 3]));
  assert.deepEqual(timesOf(buffer), [1000, 2000, 3000, 4000]);
  buffer.add(4000, 9);
  buffer.add(3500, 9);
  buffer.add(5000, 5);
  assert.deepEqual(meansOf(buffer), [1, 2, 3, 4, 5]);
});

test('live readings join the last bucket of an aggregated history by its count', () => {
  const buffer = new ChartBuffer();
  buffer.load(
    history([0, 10_000], [1, 2], { mins: [1, 1], maxs: [1, 3], counts: [10, 3], step: 10_000, to: 13_000 }),
  );
  buffer.add(12_500, 100);
  assert.deepEqual(meansOf(buffer), [1, 2], 'the query had seen it');
  buffer.add(14_000, 6);
  assert.equal(buffer.mean(1), 3);
  assert.equal(buffer.min(1), 1);
  assert.equal(buffer.max(1), 6);
  buffer.add(14_000, 6);
  assert.equal(buffer.mean(1), 3, 'two subscriptions may bring the same reading');
  buffer.add(31_000, 7);
  assert.deepEqual(timesOf(buffer), [0, 10_000, 30_000]);
});

test('a failed query keeps what is there and what came', () => {
  const buffer = new ChartBuffer();
  buffer.load(history([1000], [1]));
  buffer.hold();
  buffer.add(2000, 2);
  buffer.release();
  assert.deepEqual(meansOf(buffer), [1, 2]);
});

test('a missing number is a hole, and neither smallest nor largest', () => {
  const buffer = new ChartBuffer();
  buffer.load(history([1000, 2000, 3000], [1, null, 3]));
  const window = makeWindow();
  const summary = fillWindow(buffer, 0, 4000, false, window);
  assert.deepEqual(window.means, [1, null, 3]);
  assert.deepEqual([summary.min, summary.max, summary.mean, summary.last, summary.points], [1, 3, 2, 3, 2]);
});

test('silence of more than three intervals is a gap, unless a state holds', () => {
  const buffer = new ChartBuffer();
  buffer.load(history([1000, 2000, 3000, 4000, 9000, 10_000], [1, 1, 1, 1, 1, 1]));
  const window = makeWindow();
  fillWindow(buffer, 0, 20_000, false, window);
  assert.deepEqual(window.times, [1, 2, 3, 4, 6.5, 9, 10]);
  assert.equal(window.means[4], null);
  fillWindow(buffer, 0, 20_000, true, window);
  assert.deepEqual(window.times, [1, 2, 3, 4, 9, 10]);
});

test('the window holds what is in view and one point beyond each edge', () => {
  const buffer = new ChartBuffer();
  const times = Array.from({ length: 100 }, (_, i) => i * 1000);
  buffer.load(
    history(
      times,
      times.map(() => 1),
    ),
  );
  const window = makeWindow();
  fillWindow(buffer, 20_500, 25_500, false, window);
  assert.deepEqual(window.times, [20, 21, 22, 23, 24, 25, 26]);
  fillWindow(buffer, 500_000, 600_000, false, window);
  assert.deepEqual(window.times, [99]);
});

test('gaps are seen in a chart that began empty', () => {
  const buffer = new ChartBuffer();
  buffer.load(history([], []));
  for (let i = 0; i < 8; i += 1) buffer.add(i * 1000, i);
  buffer.add(60_000, 9);
  const window = makeWindow();
  fillWindow(buffer, 0, 70_000, false, window);
  assert.equal(window.means.filter((mean) => mean === null).length, 1);
});

test('a buffer is bounded: the oldest go', () => {
  const buffer = new ChartBuffer();
  buffer.load(history([], []));
  for (let i = 0; i < MAX_POINTS + 10; i += 1) buffer.add(i, i);
  assert.ok(buffer.length <= MAX_POINTS);
  assert.equal(buffer.time(buffer.length - 1), MAX_POINTS + 9);
});

test('whatever order loads, holds and readings come in, times rise and no reading is there twice', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = seeded(seed);
    const buffer = new ChartBuffer();
    let clock = 0;
    const store: [number, number][] = [];
    for (let i = 0; i < 200; i += 1) {
      const dice = random();
      if (dice < 0.8) {
        clock += 1 + Math.floor(random() * 50);
        store.push([clock, i]);
        buffer.add(clock, i);
      } else if (dice < 0.9) buffer.hold();
      else {
        buffer.load(
          history(
            store.map(([t]) => t),
            store.map(([, v]) => v),
            { to: clock + 1 },
          ),
        );
      }
    }
    buffer.load(
      history(
        store.map(([t]) => t),
        store.map(([, v]) => v),
        { to: clock + 1 },
      ),
    );
    assert.deepEqual(
      timesOf(buffer),
      store.map(([t]) => t),
      `seed ${seed}`,
    );
    assert.deepEqual(
      meansOf(buffer),
      store.map(([, v]) => v),
      `seed ${seed}`,
    );
  }
});
