import assert from 'node:assert/strict';
import { test } from 'node:test';
import { align, stack } from '../../src/logic/align.ts';
import { ChartBuffer } from '../../src/logic/chart_buffer.ts';
import { toCsv } from '../../src/logic/csv.ts';
import { heatByValue, heatOfRows } from '../../src/logic/heat.ts';
import { histogram, roundWidth } from '../../src/logic/histogram.ts';
import { levelAt, niceAbove, scaleOf } from '../../src/logic/levels.ts';
import { parseInline, parseMarkdown, safeHref } from '../../src/logic/markdown.ts';
import { parseOverlay, slide } from '../../src/logic/overlay.ts';
import { nextHidden } from '../../src/logic/solo.ts';
import { seeded } from './support.ts';

function buffer(values: readonly (number | null)[], step = 1_000): ChartBuffer {
  const made = new ChartBuffer();
  const times = values.map((_, i) => i * step);
  made.load({
    times,
    means: values,
    mins: null,
    maxs: null,
    counts: null,
    step: 0,
    to: values.length * step,
  });
  return made;
}

test('lines with times of their own share one axis, and none loses a point', () => {
  const [times, a, b] = align([
    { times: [1, 3, 5], columns: [[10, null, 30]] },
    { times: [2, 3], columns: [[7, 8]] },
  ]);
  assert.deepEqual(times, [1, 2, 3, 5]);
  assert.deepEqual(a, [10, undefined, null, 30]);
  assert.deepEqual(b, [undefined, 7, 8, undefined]);
  assert.deepEqual(align([]), [[]]);
  const same = align([
    { times: [1, 2], columns: [[1, 2]] },
    { times: [1, 2], columns: [[3, 4]] },
  ]);
  assert.deepEqual(same, [
    [1, 2],
    [1, 2],
    [3, 4],
  ]);
});

test('stacked lines stand on each other, holding what they said last', () => {
  assert.deepEqual(
    stack([
      [1, undefined, 3],
      [10, 20, null],
    ]),
    [
      [1, 1, 3],
      [11, 21, 3],
    ],
  );
});

test('overlays slide as a plain loop over the window does', () => {
  const random = seeded(3);
  const values = Array.from({ length: 300 }, () => (random() < 0.1 ? null : Math.round(random() * 100)));
  values[40] = 1e300;
  const made = buffer(values);
  for (const stat of ['mean', 'min', 'max'] as const) {
    const times: number[] = [];
    const got: number[] = [];
    slide(made, { stat, windowMs: 10_000 }, 20_000, 250_000, times, got);
    assert.equal(times[0], 20_000);
    assert.equal(times.at(-1), 250_000);
    times.forEach((time, i) => {
      const at = time / 1_000;
      const inside = values.slice(Math.max(0, at - 9), at + 1).filter((value) => value !== null);
      const wanted =
        stat === 'mean'
          ? inside.reduce((sum, value) => sum + value, 0) / inside.length
          : Math[stat](...(inside.length > 0 ? inside : [Number.NaN]));
      // After the outlier has left there is no trace of it.
      assert.ok(
        Object.is(got[i], wanted) || Math.abs(got[i]! - wanted) <= Math.abs(wanted) * 1e-12,
        `${stat} ${at}`,
      );
    });
  }
  assert.deepEqual(parseOverlay('mean_1m'), { stat: 'mean', windowMs: 60_000 });
  for (const bad of ['mean', 'p95_1m', 'mean_', 'mean_x']) assert.equal(parseOverlay(bad), null);
});

test('the nearest point is found, and none beyond a gap', () => {
  const made = buffer([1, 2, 3, 4]);
  assert.equal(made.nearest(1_400), 1);
  assert.equal(made.nearest(1_600), 2);
  assert.equal(made.nearest(-500), 0);
  assert.equal(made.nearest(900_000), -1);
  assert.equal(new ChartBuffer().nearest(0), -1);
});

test('a histogram counts every reading once in bins of a round width', () => {
  const random = seeded(5);
  const values = Array.from({ length: 1_000 }, () => random() * 50 - 10);
  const { low, step, counts } = histogram([buffer(values, 1)], 0, 1_000, 20);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    1_000,
  );
  assert.equal(step, 2.5);
  assert.ok(low <= -9 && counts.length <= 22);
  assert.deepEqual(histogram([], 0, 1, 10).counts, []);
  assert.deepEqual(histogram([buffer([7, 7])], 0, 10_000, 10).counts, [2]);
  assert.equal(roundWidth(0.03), 0.05);
});

test('a heatmap darkens with the value, or with how often it was there', () => {
  const rows = heatOfRows([buffer([0, 0, 0, 0]), buffer([10, 10, 10, 10])], 0, 4_000, 2);
  assert.deepEqual([...rows.cells], [0, 0, 1, 1]);
  const cells = heatByValue(buffer([0, 0, 10, 10]), 0, 4_000, 2, 2, null, null);
  assert.deepEqual([...cells.cells], [Number.NaN, 1, 1, Number.NaN]);
  assert.ok([...heatByValue(null, 0, 1, 2, 2, null, null).cells].every(Number.isNaN));
});

test('scales end at round numbers, levels at what they say', () => {
  const levels = [
    { at: 10, level: 'warning' as const, name: '' },
    { at: 20, level: 'critical' as const, name: 'hot' },
  ];
  assert.equal(levelAt(levels, 9), null);
  assert.equal(levelAt(levels, 10)?.level, 'warning');
  assert.equal(levelAt(levels, 99)?.name, 'hot');
  assert.equal(levelAt(levels, Number.NaN), null);
  assert.deepEqual(scaleOf(null, null, null, [3, 47, Number.NaN]), [0, 50]);
  assert.deepEqual(scaleOf(5, null, [0, 9], [3]), [5, 9]);
  assert.deepEqual(scaleOf(5, 5, null, []), [5, 6]);
  assert.equal(niceAbove(0), 1);
});

test('a click shows a line alone, a second all, shift adds', () => {
  assert.deepEqual([...nextHidden(new Set(), 1, 3, false)], [0, 2]);
  assert.deepEqual([...nextHidden(new Set([0, 2]), 1, 3, false)], []);
  assert.deepEqual([...nextHidden(new Set([0, 2]), 2, 3, true)], [0]);
  assert.deepEqual([...nextHidden(new Set([0, 2]), 1, 3, true)], []);
});

test('Markdown is a tree, and nothing of it can run', () => {
  const blocks = parseMarkdown(
    '# A *b*\n\ntext **c** `d`\nmore\n\n- one\n- two\n\n1. x\n\n> q\n\n```\n<b>\n```\n---',
  );
  assert.deepEqual(
    blocks.map(({ is }) => is),
    ['heading', 'paragraph', 'list', 'list', 'quote', 'code', 'rule'],
  );
  for (const bad of [
    'javascript:alert(1)',
    'JaVaScript:x',
    'data:text/html,x',
    '//evil.example',
    '/\\evil',
    'vbscript:x',
    ' \tjavascript:x',
  ])
    assert.equal(safeHref(bad), null, bad);
  for (const good of ['https://a.example/b', '/inputs', '#x']) assert.equal(safeHref(good), good);
  const tricky = parseInline('<img src=x onerror=alert(1)> [x](javascript:alert(1)) [y](/inputs)');
  assert.deepEqual(
    tricky.filter(({ is }) => is === 'link'),
    [{ is: 'link', href: '/inputs', inner: [{ is: 'text', text: 'y' }] }],
  );
  assert.ok(tricky.some((part) => part.is === 'text' && part.text.includes('<img')));
});

test('hostile Markdown ends', { timeout: 30_000 }, () => {
  const hostile = [
    '*'.repeat(16_000),
    '['.repeat(16_000),
    '_a'.repeat(8_000),
    '**a'.repeat(5_000),
    '> '.repeat(8_000),
  ];
  for (const text of hostile) assert.equal(parseMarkdown(text).length, 1);
});

test('CSV holds what spreadsheets stumble over', () => {
  assert.equal(
    toCsv([
      ['a,b', 'say "hi"', null, 1.5],
      ['=1+1', '-3', 'two\nlines', Number.NaN],
    ]),
    '"a,b","say ""hi""",,1.5\r\n\'=1+1,-3,"two\nlines",\r\n',
  );
});
