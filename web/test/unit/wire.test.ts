import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInputs, readStatus, readStorage } from '../../src/api/device.ts';
import { WireError } from '../../src/api/guard.ts';
import { readSinks } from '../../src/api/sinks.ts';
import { readLatestList, readProblem, readQuery, readSeriesList } from '../../src/api/wire.ts';
import { toHistory, toTexts, usualInterval } from '../../src/logic/query_columns.ts';
import { StateScale } from '../../src/logic/state_scale.ts';

test('a series is read with what is known of how to show it', () => {
  assert.deepEqual(
    readSeriesList([
      {
        key: 'a',
        input: 'i',
        unit: 'V',
        kind: 'state',
        labels: {},
        first: 1,
        last: 2,
        title: 'T',
        decimals: 2,
        range: [0, 5],
        states: [[0, 'off']],
      },
    ]),
    [
      {
        key: 'a',
        input: 'i',
        unit: 'V',
        kind: 'state',
        title: 'T',
        decimals: 2,
        range: [0, 5],
        states: [[0, 'off']],
      },
    ],
  );
  const [bare] = readSeriesList([{ key: 'a', kind: 'novel', decimals: 77, range: [5, 0] }]);
  assert.deepEqual([bare?.kind, bare?.decimals, bare?.range], ['gauge', null, null]);
});

test('what is no list of series or values is refused', () => {
  for (const bad of [null, {}, 'x', [1], [{}], [{ key: 5 }]])
    assert.throws(() => readSeriesList(bad), WireError);
  for (const bad of [null, [{ key: 'a' }], [{ key: 'a', time: 'x' }], [{ key: 'a', time: 1, value: [] }]]) {
    assert.throws(() => readLatestList(bad), WireError);
  }
});

const QUERY = {
  from: 0,
  to: 30_000,
  step: 10_000,
  series: [
    {
      key: 'a',
      columns: ['t', 'mean', 'min', 'max', 'count'],
      data: [
        [0, 10_000, 20_000],
        [1, null, 3],
        [0, null, 2],
        [2, null, 4],
        [10, 0, 10],
      ],
    },
  ],
};

test('a query becomes columns, and tells how often readings came', () => {
  const answer = readQuery(QUERY);
  const history = toHistory(answer, answer.series[0]!, null);
  assert.deepEqual([...history.times], [0, 10_000, 20_000]);
  assert.ok(Number.isNaN(history.means[1]));
  assert.deepEqual([history.step, history.to], [10_000, 30_000]);
  assert.equal(usualInterval(history), 1_000);
});

test('a query whose columns do not fit is refused', () => {
  const series = QUERY.series[0]!;
  for (const bad of [
    { ...QUERY, from: null },
    { ...QUERY, series: [{ ...series, columns: ['t', 'mean'] }] },
    { ...QUERY, series: [{ ...series, columns: ['x', 'mean', 'min', 'max', 'count'] }] },
    { ...QUERY, series: [{ ...series, data: [[0], [1, 2], [0], [0], [0]] }] },
    { ...QUERY, series: [{ key: 'a', columns: ['t'], data: [['now']] }] },
    { ...QUERY, series: [{ key: 'a', columns: ['t'], data: [[{}]] }] },
  ]) {
    assert.throws(() => readQuery(bad), WireError);
  }
});

test('states come as names, in statistics as values', () => {
  const states = new StateScale([
    [3, 'idle'],
    [8, 'running'],
  ]);
  const names = readQuery({
    from: 0,
    to: 2,
    step: 0,
    series: [
      {
        key: 'm',
        columns: ['t', 'value'],
        data: [
          [0, 1],
          ['running', 'idle'],
        ],
      },
    ],
  });
  assert.deepEqual(toHistory(names, names.series[0]!, states).means, [1, 0]);
  const numbers = readQuery({
    from: 0,
    to: 2,
    step: 1,
    series: [
      {
        key: 'm',
        columns: ['t', 'last'],
        data: [
          [0, 1],
          [3, 8],
        ],
      },
    ],
  });
  assert.deepEqual(toHistory(numbers, numbers.series[0]!, states).means, [0, 1]);
});

test('events are texts', () => {
  const answer = readQuery({
    from: 0,
    to: 2,
    step: 0,
    series: [
      {
        key: 'd',
        columns: ['t', 'value'],
        data: [
          [5, 6],
          ['opened', 'closed'],
        ],
      },
    ],
  });
  assert.deepEqual(toTexts(answer.series[0]!), [
    { time: 5, text: 'opened' },
    { time: 6, text: 'closed' },
  ]);
});

test('inputs, status and storage of any age of device are read', () => {
  const [input] = readInputs([
    { id: 'a', state: 'running', readings: 5, counters: { lost: 2 }, last_lines: ['x'], last_error_at: null },
  ]);
  assert.deepEqual(
    [input?.id, input?.readings, input?.counters, input?.lastErrorAt],
    ['a', 5, [['lost', 2]], null],
  );
  assert.throws(() => readInputs([{ plugin: 'x' }]), WireError);
  const status = readStatus({
    version: '1',
    device: { name: 'p', site: 's' },
    clock: { synchronised: false },
    pipeline: { series: 4 },
  });
  assert.deepEqual([status.device, status.site, status.synchronised, status.series], ['p', 's', false, 4]);
  assert.equal(readStatus({}).series, null);
  assert.equal(readStorage({ bytes: 7 }).bytes, 7);
});

test('a refusal speaks in the words of the device, or says what the status means', () => {
  assert.equal(readProblem(401, { title: 'Unauthorized', detail: 'Log in first.' }), 'Log in first.');
  assert.equal(readProblem(403, { title: 'Forbidden' }), 'Forbidden');
  assert.match(readProblem(401, undefined), /login/);
  assert.match(readProblem(500, undefined), /500/);
});

test('a sink is read, and what an older device does not say is empty', () => {
  const [bare] = readSinks([{ id: 'central' }]);
  assert.deepEqual(bare, {
    id: 'central',
    plugin: '',
    state: '',
    reason: '',
    sent: 0,
    backlog: 0,
    parked: 0,
    lost: 0,
    lastSentAt: null,
    lastParked: [],
  });
  const [full] = readSinks([
    {
      id: 'central',
      plugin: 'influx',
      state: 'failing',
      reason: 'away',
      sent: 5,
      backlog: 60_000,
      parked: 2,
      lost_readings: 7,
      last_sent_at: 1_000,
      last_parked: [{ time: 1, series: 'a', from: 1, to: 2, readings: 2, reason: '400' }],
    },
  ]);
  assert.deepEqual([full?.backlog, full?.lost, full?.lastSentAt], [60_000, 7, 1_000]);
  assert.deepEqual(full?.lastParked, [{ series: 'a', readings: 2, reason: '400' }]);
  assert.throws(() => readSinks([{ plugin: 'x' }]), WireError);
});
