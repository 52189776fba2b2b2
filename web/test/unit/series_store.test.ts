import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Latest } from '../../src/api/wire.ts';
import { SeriesStore } from '../../src/logic/series_store.ts';
import { series } from './support.ts';

const reading = (key: string, time: number, value: Latest['value'], quality: Latest['quality'] = 'good') => ({
  key,
  time,
  value,
  quality,
});

test('only what changed since the last look is dirty', () => {
  const store = new SeriesStore();
  store.replaceAll([series('a'), series('b')]);
  store.apply(reading('a', 1, 5));
  assert.deepEqual(
    [...store.takeDirty()].map((entry) => entry.info.key),
    ['a'],
  );
  assert.equal(store.takeDirty().size, 0);
  store.apply(reading('a', 1, 5));
  assert.equal(store.takeDirty().size, 0, 'the same reading again is no news');
  store.apply(reading('a', 1, 5, 'uncertain'));
  assert.equal(store.takeDirty().size, 1);
});

test('an older reading never replaces a newer one', () => {
  const store = new SeriesStore();
  store.replaceAll([series('a')]);
  store.apply(reading('a', 2000, 2));
  store.apply(reading('a', 1000, 1));
  assert.equal(store.get('a')?.value, 2);
});

test('a reading of an unknown series is left out', () => {
  const store = new SeriesStore();
  store.apply(reading('ghost', 1, 1));
  assert.equal(store.size, 0);
});

test('a changed unit makes a new entry that keeps the newest value; the same catalogue changes nothing', () => {
  const store = new SeriesStore();
  store.replaceAll([series('a')]);
  store.apply(reading('a', 1000, 2));
  const { generation } = store;
  store.replaceAll([series('a')]);
  assert.equal(store.generation, generation);
  store.replaceAll([series('a', { unit: 'V' })]);
  assert.equal(store.get('a')?.value, 2);
  assert.ok(store.generation > generation);
});

test('a series that left the catalogue is gone', () => {
  const store = new SeriesStore();
  store.replaceAll([series('a'), series('b')]);
  store.replaceAll([series('b')]);
  assert.equal(store.get('a'), undefined);
});

test('a value ages into stale by its own interval, an event never does', () => {
  const store = new SeriesStore();
  store.replaceAll([series('slow'), series('door', { kind: 'event' })]);
  for (let i = 0; i < 6; i += 1) {
    store.apply(reading('slow', i * 10_000, i));
    store.apply(reading('door', i * 10_000, 'opened'));
  }
  const slow = store.get('slow')!;
  assert.equal(slow.qualityAt(50_000 + 29_000), 'good');
  assert.equal(slow.qualityAt(50_000 + 31_000), 'stale');
  assert.equal(store.get('door')!.qualityAt(1e9), 'good');
});

test('a state is kept by name, its sparkline by index', () => {
  const store = new SeriesStore();
  store.replaceAll([
    series('m', {
      kind: 'state',
      states: [
        [4, 'idle'],
        [7, 'running'],
      ],
    }),
  ]);
  store.apply(reading('m', 1000, 'running'));
  const entry = store.get('m')!;
  assert.equal(entry.value, 'running');
  assert.equal(entry.spark.points.value(0), 1);
});
