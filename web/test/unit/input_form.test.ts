import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPluginTable } from '../../src/api/plugins.ts';
import {
  cleaned,
  freeId,
  inputLines,
  isInputId,
  type OptionRow,
  readOptionTable,
  typedValue,
  withOption,
} from '../../src/logic/option_form.ts';
import { appendToList } from '../../src/logic/yaml_list.ts';

const ITEM = ['- id: new', '  plugin: linux'];
const FLOW = '{id: new, plugin: linux}';
const append = (text: string) => appendToList(text, 'inputs', ITEM, FLOW);

const CASES: readonly (readonly [string, string, string, number])[] = [
  [
    'below the last item',
    'inputs:\n  - id: a\n    plugin: b\nwindows: [1m]\n',
    'inputs:\n  - id: a\n    plugin: b\n  - id: new\n    plugin: linux\nwindows: [1m]\n',
    4,
  ],
  [
    'above a comment that follows',
    'inputs:\n- id: a\n# about windows\nwindows: [1m]\n',
    'inputs:\n- id: a\n- id: new\n  plugin: linux\n# about windows\nwindows: [1m]\n',
    3,
  ],
  ['to an empty list', 'inputs: []\n', 'inputs:\n  - id: new\n    plugin: linux\n', 2],
  [
    'to a key without a value',
    'inputs: # none yet\nwindows: [1m]\n',
    'inputs: # none yet\n  - id: new\n    plugin: linux\nwindows: [1m]\n',
    2,
  ],
  [
    'in brackets',
    'inputs: [{id: a, plugin: b}] # one\n',
    'inputs: [{id: a, plugin: b}, {id: new, plugin: linux}] # one\n',
    1,
  ],
  [
    'where there is no list',
    'device: {name: x}',
    'device: {name: x}\ninputs:\n  - id: new\n    plugin: linux\n',
    3,
  ],
  ['to nothing', '', 'inputs:\n  - id: new\n    plugin: linux\n', 2],
];
for (const [what, before, after, line] of CASES) {
  test(`an item is added ${what}`, () => assert.deepEqual(append(before), { text: after, line }));
}

test('a list that is written otherwise is left alone', () => {
  assert.equal(append('inputs: [\n  {id: a}\n]\n'), null);
  assert.equal(append('inputs: *others\n'), null);
  assert.equal(append('inputs:\n  a: b\n'), null);
});

test('the longer name of another key is not taken for it', () => {
  assert.equal(append('inputs_old: []\n')?.line, 3);
});

const row = (type: OptionRow['type']): OptionRow => readOptionTable([{ name: 'x', type }])[0]!;

test('what was typed becomes what the option is, or stays for the device to judge', () => {
  assert.equal(typedValue(row('integer'), ' 502 '), 502);
  assert.equal(typedValue(row('number'), '-1.5e3'), -1500);
  assert.equal(typedValue(row('integer'), '5a'), '5a');
  assert.equal(typedValue(row('bool'), 'true'), true);
  assert.equal(typedValue(row('text'), '502'), '502');
  assert.equal(typedValue(row('duration'), ' 10s '), '10s');
  assert.equal(typedValue(row('text'), '  '), undefined);
});

test('what is empty is not written', () => {
  const values = {
    url: 'a',
    list: [''],
    tls: { ca: '' },
    subscribe: [{}, { topic: 't', labels: [] }],
    off: false,
  };
  assert.deepEqual(cleaned(values), { url: 'a', subscribe: [{ topic: 't' }], off: false });
  assert.deepEqual(withOption({ a: 1 }, 'a', undefined), {});
});

test('an input is written as people write it', () => {
  assert.deepEqual(inputLines('plc', 'modbus', { url: 'tcp://a:502', devices: [{ unit: 1 }] }), [
    '- id: plc',
    '  plugin: modbus',
    '  options:',
    '    url: tcp://a:502',
    '    devices:',
    '      - {unit: 1}',
  ]);
  assert.deepEqual(inputLines('host', 'linux', {}), ['- id: host', '  plugin: linux']);
  assert.deepEqual(inputLines('s', 'serial', 'port: /dev/x\nbaud: 9600\n').slice(2), [
    '  options:',
    '    port: /dev/x',
    '    baud: 9600',
  ]);
});

test('a free id, and what may be one', () => {
  assert.equal(freeId('mqtt', ['mqtt', 'mqtt2']), 'mqtt3');
  assert.equal(isInputId('a b'), false);
  assert.equal(isInputId('hall-2_a'), true);
});

test('a plugin is read as the device tells it; what is deprecated is not offered', () => {
  const plugin = readPluginTable({
    name: 'p',
    can_probe: true,
    options: [
      { name: 'every', type: 'duration', default: '1s', minimum: '1ms', maximum: '1d' },
      { name: 'old', type: 'text', deprecated: true },
      {
        name: 'sub',
        type: 'section',
        list: true,
        required: true,
        options: [{ name: 'topic', type: 'novel' }],
      },
    ],
  });
  assert.deepEqual(
    plugin.options.map(({ name, limits }) => [name, limits]),
    [
      ['every', ['1ms', '1d']],
      ['sub', null],
    ],
  );
  assert.equal(plugin.options[1]?.options[0]?.type, 'text');
  assert.throws(() => readPluginTable([]));
});
