import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRoute, MAX_CHART_SERIES, parseRoute } from '../../src/logic/route.ts';
import {
  boundsOf,
  DEFAULT_RANGE,
  fixedRange,
  formatSpan,
  MAX_SPAN_MS,
  MIN_SPAN_MS,
  panned,
  parseSpan,
  rangeFromQuery,
  zoomed,
} from '../../src/logic/time_range.ts';

test('pages have addresses, and what is none is missing', () => {
  assert.equal(parseRoute('/', '').page, 'overview');
  assert.equal(parseRoute('/inputs', '').page, 'inputs');
  assert.equal(parseRoute('/inputs/', '').page, 'inputs');
  assert.equal(parseRoute('/settings', '').page, 'settings');
  assert.deepEqual(parseRoute('/nowhere', ''), { page: 'missing', path: '/nowhere' });
  assert.deepEqual(parseRoute('/explore', ''), {
    page: 'explore',
    series: [],
    range: DEFAULT_RANGE,
    overlays: [],
  });
});

test('a chart is a link: key and range come back as they were', () => {
  const keys = ['a.b', 'temperature{sensor="coretemp Package id 0"}', 'x{a="1&2=3",b="%?#+"}', 'wärme'];
  for (const range of [DEFAULT_RANGE, fixedRange(1_700_000_000_000, 1_700_000_060_000)]) {
    const text = formatRoute({ page: 'explore', series: keys, range, overlays: ['mean_1m'] });
    const [path, search] = text.split('?');
    assert.deepEqual(parseRoute(path!, `?${search}`), {
      page: 'explore',
      series: keys,
      range,
      overlays: ['mean_1m'],
    });
  }
});

test('a link names a series once, and at most twelve', () => {
  const search = Array.from({ length: 20 }, (_, i) => `series=s${i}&series=s0`).join('&');
  const route = parseRoute('/explore', `?${search}`);
  assert.equal(route.page === 'explore' && route.series.length, MAX_CHART_SERIES);
});

test('spans are read, and nonsense is not', () => {
  assert.deepEqual(['90s', '15m', '6h', '7d'].map(parseSpan), [90_000, 900_000, 21_600_000, 604_800_000]);
  for (const bad of ['', '15', 'm', '-5m', '1.5h', '15 m', '9999999s', '99999d', '0s', 'now'])
    assert.equal(parseSpan(bad), null, bad);
});

test('spans are written as people say them', () => {
  assert.deepEqual(
    ['5m', '15m', '1h', '6h', '24h', '7d', '90s'].map((text) => formatSpan(parseSpan(text)!)),
    ['5m', '15m', '1h', '6h', '24h', '7d', '90s'],
  );
});

const BAD_QUERIES = [
  '',
  'range=x',
  'from=5',
  'from=9&to=3',
  'from=a&to=b',
  'from=1&to=1',
  'from=Infinity&to=2',
];
for (const query of BAD_QUERIES) {
  test(`a range that makes no sense is the usual one: ${query || '(none)'}`, () => {
    assert.deepEqual(rangeFromQuery(new URLSearchParams(query)), DEFAULT_RANGE);
  });
}

test('a pan stops following and keeps the span', () => {
  const range = panned({ kind: 'live', spanMs: 60_000 }, -0.5, 1_000_000);
  assert.deepEqual(range, { kind: 'fixed', from: 910_000, to: 970_000 });
});

test('zooming a followed chart keeps following; a still one keeps the place under the pointer', () => {
  assert.deepEqual(zoomed({ kind: 'live', spanMs: 60_000 }, 0.5, 0.1, 0), { kind: 'live', spanMs: 30_000 });
  const { from, to } = boundsOf(zoomed({ kind: 'fixed', from: 0, to: 100_000 }, 0.5, 0.25, 0), 0);
  assert.deepEqual([from, to], [12_500, 62_500]);
});

test('no zoom leaves the limits', () => {
  const near = boundsOf(zoomed(fixedRange(0, 2_000), 1e-9, 0.5, 0), 0);
  assert.equal(near.to - near.from, MIN_SPAN_MS);
  const far = boundsOf(zoomed(fixedRange(0, 2_000), 1e15, 0.5, 0), 0);
  assert.equal(far.to - far.from, MAX_SPAN_MS);
});
