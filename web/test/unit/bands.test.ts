// Bands between percentiles, and what is uncertain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQuery } from '../../src/api/wire.ts';
import { BucketSpread } from '../../src/logic/bucket_spread.ts';
import { ChartBuffer } from '../../src/logic/chart_buffer.ts';
import { fillWindow, makeWindow } from '../../src/logic/chart_window.ts';
import { parseBand, percentilesOf, readBands } from '../../src/logic/percentiles.ts';
import { toHistory } from '../../src/logic/query_columns.ts';
import { formatRoute, parseRoute } from '../../src/logic/route.ts';
import { joinRuns } from '../../src/logic/runs.ts';
import { seeded } from './support.ts';

test('a band is two percentiles, the lower first', () => {
  assert.deepEqual(parseBand('p5-p95'), { low: 5, high: 95 });
  assert.deepEqual(parseBand(' p25 - p75 '), { low: 25, high: 75 });
  for (const bad of ['', 'p5', 'p0-p50', 'p5-p100', 'p95-p5', 'p5-p5', '5-95', 'p5-p95-p99', 'p05-p95'])
    assert.equal(parseBand(bad), null, bad);
  const bands = readBands(['p25-p75', 'nothing', 'p5-p95']);
  assert.deepEqual(bands, [
    { low: 5, high: 95 },
    { low: 25, high: 75 },
  ]);
  assert.deepEqual(percentilesOf(bands), [5, 25, 75, 95]);
});

test('bands stand in the address of a chart', () => {
  const route = parseRoute('/explore', '?series=a&band=p5-p95&band=bad&range=1h');
  assert.equal(route.page === 'explore' && route.bands?.join(), 'p5-p95');
  assert.equal(formatRoute(route), '/explore?series=a&band=p5-p95&range=1h');
});

test('what came live is spread as a sorted list of it is', () => {
  const random = seeded(3);
  const spread = new BucketSpread();
  spread.begin(null);
  assert.ok(Number.isNaN(spread.quantile(0.5)));
  const values: number[] = [];
  for (let i = 0; i < 500; i += 1) {
    const value = random() ** 2 * 100;
    values.push(value);
    spread.add(value);
  }
  values.sort((a, b) => a - b);
  for (const share of [0, 0.05, 0.25, 0.5, 0.95, 1])
    assert.ok(Math.abs(spread.quantile(share) - values[Math.round(share * 499)]!) < 1, `${share}`);
});

test('very many are thinned out, and stay spread alike', () => {
  const spread = new BucketSpread();
  spread.begin(null);
  for (let i = 0; i < 50_000; i += 1) spread.add((i * 7919) % 1000);
  for (const share of [0.05, 0.5, 0.95]) assert.ok(Math.abs(spread.quantile(share) - share * 1000) < 25);
});

test('what history had seen of the bucket counts with its weight', () => {
  const known = {
    count: 900,
    knots: [
      [0, 0],
      [0.05, 5],
      [0.95, 95],
      [1, 100],
    ] as [number, number][],
  };
  const spread = new BucketSpread();
  spread.begin(known);
  for (let i = 0; i < 100; i += 1) spread.add(200);
  assert.ok(Math.abs(spread.quantile(0.45) - 50) < 2);
  assert.ok(Math.abs(spread.quantile(0.95) - 200) < 1, 'a tenth of all is there');
  assert.ok(spread.quantile(0.89) < 101);
});

const ANSWER = {
  from: 0,
  to: 30_000,
  step: 10_000,
  series: [
    {
      key: 'a',
      unit: '',
      columns: ['t', 'mean', 'min', 'max', 'count', 'p5', 'p95'],
      uncertain: [[12_000, 20_000]],
      data: [
        [0, 10_000, 20_000],
        [5, 6, 7],
        [0, 1, 2],
        [10, 11, 12],
        [100, 100, 50],
        [1, 2, 3],
        [9, 10, 11],
      ],
    },
  ],
};

test('percentiles of history go on with what comes live', () => {
  const answer = readQuery(ANSWER);
  const buffer = new ChartBuffer([5, 95]);
  buffer.load(toHistory(answer, answer.series[0]!, null, buffer.percents));
  assert.equal(buffer.percentile(0, 1), 2);
  assert.equal(buffer.percentile(1, 2), 11);
  for (let i = 0; i < 50; i += 1) buffer.add(30_000 + i, i);
  assert.equal(buffer.length, 4);
  assert.ok(Math.abs(buffer.percentile(0, 3) - 2.5) < 0.2);
  assert.ok(Math.abs(buffer.percentile(1, 3) - 46.5) < 0.2);
  const window = makeWindow(2);
  fillWindow(buffer, 0, 40_000, false, window);
  assert.deepEqual(window.percentiles[0]!.slice(0, 3), [1, 2, 3]);
  assert.equal(window.percentiles[1]!.length, window.times.length);
});

test('readings have no spread: the band lies on the line', () => {
  const buffer = new ChartBuffer([5, 95]);
  const history = { times: [1, 2], means: [3, 4], mins: null, maxs: null, counts: null, step: 0, to: 3 };
  buffer.load({ ...history, percentiles: [null, null] });
  buffer.add(3, 5);
  assert.deepEqual(
    [0, 1, 2].map((i) => [buffer.percentile(0, i), buffer.percentile(1, i)]),
    [
      [3, 3],
      [4, 4],
      [5, 5],
    ],
  );
});

test('what is uncertain comes with the history and goes on live', () => {
  const answer = readQuery(ANSWER);
  const buffer = new ChartBuffer();
  buffer.load(toHistory(answer, answer.series[0]!, null));
  assert.deepEqual(buffer.uncertain, [[12_000, 20_000]]);
  buffer.add(31_000, 1, true);
  buffer.add(32_000, 1, false);
  buffer.add(33_000, 1, true);
  buffer.add(34_000, 1, true);
  assert.deepEqual(buffer.uncertain, [
    [12_000, 31_000],
    [33_000, 34_000],
  ]);
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => buffer.isUncertain(i)),
    [false, true, true, true],
    'a bucket that has an uncertain reading is',
  );
  const readings = new ChartBuffer();
  readings.load({ times: [1, 2], means: [3, 4], mins: null, maxs: null, counts: null, step: 0, to: 3 });
  readings.add(5, 1, true);
  assert.deepEqual([readings.isUncertain(1), readings.isUncertain(2)], [false, true]);
  assert.throws(() => readQuery({ ...ANSWER, series: [{ ...ANSWER.series[0], uncertain: [['a', 1]] }] }));
});

test('runs of several lines are joined where they touch', () => {
  const a = [
    [0, 10],
    [50, 60],
  ] as const;
  const b = [
    [5, 20],
    [61, 70],
    [500, 600],
  ] as const;
  assert.deepEqual(joinRuns([a, b], 2, 100), [
    [0, 20],
    [50, 60],
    [61, 70],
  ]);
  assert.deepEqual(joinRuns([], 0, 1), []);
});
