import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupSeries } from '../../src/logic/grouping.ts';
import { makeFilter } from '../../src/logic/search.ts';
import { parseSeriesKey, spoken, tileTitle, unsaidLabels } from '../../src/logic/series_key.ts';
import { stateColour } from '../../src/logic/state_colour.ts';
import { StateScale } from '../../src/logic/state_scale.ts';

const of = (input: string, ...keys: string[]) => keys.map((key) => ({ key, input }));

test('series stand by input and first word, in the order of the catalogue; lone ones share a group at the end', () => {
  const groups = groupSeries([
    ...of('host', 'load.1m', 'cpu.usage', 'temperature{sensor="x"}', 'cpu.user', 'load.5m'),
    ...of('broker', 'room.temperature'),
  ]);
  assert.deepEqual(
    groups.map(({ input, count, subGroups }) => [
      input,
      count,
      subGroups.map(({ word, members }) => [word, members.map((m) => m.key)]),
    ]),
    [
      [
        'host',
        5,
        [
          ['load', ['load.1m', 'load.5m']],
          ['cpu', ['cpu.usage', 'cpu.user']],
          ['', ['temperature{sensor="x"}']],
        ],
      ],
      ['broker', 1, [['', ['room.temperature']]]],
    ],
  );
});

test('what differs by labels alone is sorted, numbers as numbers', () => {
  const [group] = groupSeries(of('i', 'v{n="10"}', 'v{n="9"}', 'v{n="1"}'));
  assert.deepEqual(
    group?.subGroups[0]?.members.map((m) => m.key),
    ['v{n="1"}', 'v{n="9"}', 'v{n="10"}'],
  );
});

const KEYS: readonly (readonly [string, string, [string, string][]])[] = [
  ['a.b', 'a.b', []],
  [
    'a{x="1",y="2"}',
    'a',
    [
      ['x', '1'],
      ['y', '2'],
    ],
  ],
  ['a{x="say \\"hi\\", {it}"}', 'a', [['x', 'say "hi", {it}']]],
  ['a{x="back\\\\slash"}', 'a', [['x', 'back\\slash']]],
  ['a{x=1}', 'a{x=1}', []],
  ['a{x="1"y="2"}', 'a{x="1"y="2"}', []],
  ['{x="1"}', '{x="1"}', []],
  ['', '', []],
];
for (const [text, name, labels] of KEYS) {
  test(`the key ${text || '(nothing)'} is taken apart`, () =>
    assert.deepEqual(parseSeriesKey(text), { name, labels }));
}

test('titles leave out what the group says already', () => {
  assert.deepEqual(tileTitle(parseSeriesKey('cpu.usage'), 'cpu'), { name: 'Usage', labels: '' });
  assert.deepEqual(tileTitle(parseSeriesKey('cpu.usage'), ''), { name: 'CPU usage', labels: '' });
  assert.deepEqual(tileTitle(parseSeriesKey('vibration{axis="x"}'), 'vibration'), { name: 'x', labels: '' });
  assert.deepEqual(tileTitle(parseSeriesKey('disk.read{disk="sda"}'), 'disk'), {
    name: 'Read',
    labels: 'sda',
  });
  assert.equal(spoken('...'), '...');
});

test('a search finds words anywhere in key, unit and input, in any order', () => {
  const item = { key: 'press7.oil.temperature{line="3"}', unit: '°C', input: 'plc' };
  for (const hit of ['', '  ', 'oil', 'OIL press', 'plc temp', '°c', 'line="3"'])
    assert.ok(makeFilter(hit)(item), hit);
  for (const miss of ['water', 'oil water', 'kpa']) assert.ok(!makeFilter(miss)(item), miss);
});

test('states have colours by meaning, others by order', () => {
  assert.deepEqual(
    ['Running', 'fault', 'idle', 'warning', 'ramping'].map((name) => stateColour(name, 1)),
    ['calm', 'alarm', 'rest', 'warn', 'other-1'],
  );
});

test('a state is found by name and by value; what was not declared is learned', () => {
  const scale = new StateScale([
    [5, 'open'],
    [9, 'closed'],
  ]);
  assert.deepEqual(
    [scale.indexOf('closed'), scale.indexOfValue(5), scale.indexOf('ajar'), scale.indexOfValue(7)],
    [1, 0, 2, 3],
  );
  assert.deepEqual([scale.nameOf(2), scale.nameOf(3), scale.nameOf(9), scale.size], ['ajar', '7', '', 4]);
});

test('labels that a title says already are not said twice', () => {
  for (const [key, title, left] of [
    ['cpu.usage{core="0"}', 'CPU core 0 usage', ''],
    ['cpu.usage{core="1"}', 'CPU core 10 usage', '1'],
    ['disk.read{disk="sda"}', 'Disk read', 'sda'],
    ['net.link{device="enp3s0"}', 'enp3s0 link', ''],
    ['x{a="hall 2",b="left"}', 'Pump in hall 2', 'left'],
    ['plain', 'Plain', ''],
  ] as const) {
    assert.equal(unsaidLabels(parseSeriesKey(key), title), left, key);
  }
});
