import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDashboardDoc, readSpan } from '../../src/logic/dashboard_doc.ts';
import {
  ALL,
  expandDashboard,
  fillIn,
  labelValues,
  tabsOf,
  variableChoices,
  variableValues,
} from '../../src/logic/dashboard_expand.ts';
import { lineLabels } from '../../src/logic/line_label.ts';
import { layOut } from '../../src/logic/panel_layout.ts';
import { choose, parseSelector, splitStat } from '../../src/logic/selector.ts';
import { parseSeriesKey } from '../../src/logic/series_key.ts';
import { series } from './support.ts';

const ROOMS = ['east', 'west', 'room 10', 'room 9'].flatMap((room) => [
  series(`room.temperature{room="${room}"}`, { unit: '°C' }),
  series(`room.humidity{room="${room}"}`, { unit: '%' }),
]);
const ALL_SERIES = [
  ...ROOMS,
  series('machine', { kind: 'state' }),
  series('oven.door', { kind: 'event' }),
  series('oven.temperature', { unit: '°C' }),
];

test('selectors choose as the device does', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['a.*', 'a.b', true],
    ['a.*', 'b.a', false],
    ['a.?', 'a.b', true],
    ['a.?', 'a.bc', false],
    ['{a,b}.x', 'b.x', true],
    ['{a,b}.x', 'c.x', false],
    ['a.b', 'aXb', false],
    ['a', 'a{l="v"}', true],
    ['a{l="v"}', 'a{l="v"}', true],
    ['a{l="v*"}', 'a{l="vw"}', true],
    ['a{l="v"}', 'a{l="w"}', false],
    ['a{l="v"}', 'a', false],
    ['{l="v"}', 'anything{l="v",m="w"}', true],
    ['a{l="x{1,2}"}', 'a{l="x2"}', true],
    ['a{l="*"}', 'a{l="*"}', true],
    ['a{l="v",m="w"}', 'a{l="v",m="w"}', true],
    ['wär*', 'wärme', true],
    ['(a|b)+', 'a', false],
    ['', 'a', false],
    ['a{l=', 'a', false],
    ['{a', 'a', false],
    [`${'*a'.repeat(2_000)}`, 'a', false],
  ];
  for (const [selector, key, wanted] of cases) {
    assert.equal(parseSelector(selector).matches(parseSeriesKey(key), key), wanted, `${selector} ${key}`);
  }
});

test('a statistic is split from its selector', () => {
  assert.deepEqual(splitStat('a.b@mean_1m'), { key: 'a.b', stat: 'mean_1m' });
  assert.deepEqual(splitStat('a{l="x@y"}'), { key: 'a{l="x@y"}', stat: '' });
  const chosen = choose(ALL_SERIES, ['oven.temperature@max_1h', 'oven.temperature', 'oven.temperature']);
  assert.deepEqual(
    chosen.map(({ stat }) => stat),
    ['max_1h', ''],
  );
});

test('a document is read whatever its form, and what is unknown is left out', () => {
  const doc = readDashboardDoc({
    title: 7,
    span: '1h30m',
    colour: 'red',
    panels: { y: 'oven.*', panel: 'nonsense', thresholds: [{ at: 9 }, { at: 3, level: 'good' }, 'x'] },
    sections: [{ title: 'a', panels: [{ panel: 'text', text: 'hi' }] }],
  });
  assert.equal(doc.title, '7');
  assert.equal(doc.spanMs, 5_400_000);
  assert.equal(doc.sections.length, 2);
  const [panel] = doc.sections[0]!.panels;
  assert.equal(panel!.kind, 'auto');
  assert.deepEqual(panel!.y, ['oven.*']);
  assert.deepEqual(
    panel!.thresholds.map(({ at }) => at),
    [0, 3, 9],
  );
  assert.deepEqual(readDashboardDoc(null).sections, []);
  for (const bad of [3, 'text', []]) assert.throws(() => readDashboardDoc(bad));
  for (const bad of ['', '5', 'm', '5x', '5m!']) assert.equal(readSpan(bad), null, bad);
});

test('variables choose labels, and fill what selectors and titles say', () => {
  const doc = readDashboardDoc({
    variables: [{ name: 'room', label: 'room', of: 'room.*' }],
    panels: [{ y: 'room.temperature{room="$room"}', title: 'In $room, $$5, $other' }],
  });
  assert.deepEqual(variableChoices(doc.variables[0]!, ALL_SERIES), ['east', 'room 9', 'room 10', 'west']);
  const all = expandDashboard(doc, ALL_SERIES, variableValues(doc, {}))[0]!.panels[0]!;
  assert.equal(all.y.length, 4);
  assert.equal(all.panel.title, 'In all, $5, $other');
  const one = expandDashboard(doc, ALL_SERIES, variableValues(doc, { room: 'west' }))[0]!.panels[0]!;
  assert.deepEqual(
    one.y.map(({ item }) => item.key),
    ['room.temperature{room="west"}'],
  );
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what is read
  assert.equal(fillIn('${a}b$a', { a: 'x' }), 'xbx');
  assert.equal(variableValues(doc, {}).room, ALL);
});

test('sections and panels repeat by a label', () => {
  const doc = readDashboardDoc({
    sections: [{ title: 'Room $room', repeat: 'room', panels: [{ y: 'room.*' }, { y: 'room.humidity' }] }],
    panels: [{ y: 'room.temperature', repeat: 'room', title: 'T' }],
  });
  const [loose, ...rooms] = expandDashboard(doc, ALL_SERIES, {});
  assert.deepEqual(
    loose!.panels.map(({ panel }) => panel.title),
    ['T · east', 'T · room 9', 'T · room 10', 'T · west'],
  );
  assert.deepEqual(
    rooms.map(({ title }) => title),
    ['Room east', 'Room room 9', 'Room room 10', 'Room west'],
  );
  assert.deepEqual(
    rooms[0]!.panels.map(({ y }) => y.length),
    [2, 1],
  );
  assert.equal(new Set([loose!, ...rooms].flatMap(({ panels }) => panels.map(({ id }) => id))).size, 12);
});

test('what is not said is decided by what the series are', () => {
  const doc = readDashboardDoc({
    panels: [
      { y: 'machine' },
      { y: 'oven.door' },
      { y: 'oven.*' },
      { y: 'room.*', stack: true },
      { text: 'a' },
    ],
  });
  assert.deepEqual(
    expandDashboard(doc, ALL_SERIES, {})[0]!.panels.map(({ kind }) => kind),
    ['states', 'events', 'lines', 'areas', 'text'],
  );
});

test('tabs come in their order, once each', () => {
  assert.deepEqual(tabsOf([{ tab: 'b' }, { tab: '' }, { tab: 'a' }, { tab: 'b' }]), ['b', 'a']);
  assert.deepEqual(labelValues(ALL_SERIES, 'nothing'), []);
});

test('panels never overlap and stay inside of the grid', () => {
  const kinds = ['lines', 'stat', 'gauge', 'table', 'states', 'scoreboard', 'bar'] as const;
  for (let seed = 0; seed < 50; seed += 1) {
    const panels = Array.from({ length: 1 + (seed % 9) }, (_, i) => ({
      kind: kinds[(seed * 3 + i * 5) % kinds.length]!,
      place: i === 0 && seed % 3 === 0 ? ([4, 2, 6, 3] as const) : null,
      width: (seed + i) % 4 === 0 ? 5 : null,
      height: null,
      series: 1 + (i % 5),
    }));
    const places = layOut(panels);
    assert.equal(places.length, panels.length);
    places.forEach((a, i) => {
      assert.ok(a.x >= 0 && a.x + a.w <= 12 && a.w > 0 && a.h > 0);
      for (const b of places.slice(i + 1)) {
        const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        assert.ok(apart, JSON.stringify({ seed, a, b }));
      }
    });
  }
});

test('a row that is nearly full reaches the edge, one tile alone stays small', () => {
  const tile = { kind: 'stat' as const, place: null, width: null, height: null, series: 1 };
  assert.deepEqual(layOut([tile]), [{ x: 0, y: 0, w: 3, h: 3 }]);
  assert.equal(
    layOut([tile, tile, tile]).reduce((sum, { w }) => sum + w, 0),
    12,
  );
});

test('lines are called by what tells them apart', () => {
  assert.deepEqual(lineLabels(ROOMS.filter(({ unit }) => unit === '%')), [
    'east',
    'west',
    'room 10',
    'room 9',
  ]);
  assert.deepEqual(lineLabels([series('oven.top.heat'), series('oven.low.heat')]), ['Top heat', 'Low heat']);
  assert.deepEqual(lineLabels([series('a{x="1"}')]), ['A · 1']);
  assert.deepEqual(lineLabels(ROOMS.slice(0, 2), 'room'), ['east', 'east']);
  assert.deepEqual(lineLabels([]), []);
});
