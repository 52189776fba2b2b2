import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fields } from '../../src/api/guard.ts';
import {
  panelsOf,
  sectionIndex,
  withNewPanel,
  withoutPanel,
  withPanel,
  withPlaces,
} from '../../src/logic/dashboard_edit.ts';
import { toYaml } from '../../src/logic/yaml_text.ts';

test('a document is written as people would write it', () => {
  const document: Fields = {
    title: 'Hall 2: the press',
    span: '1h',
    panels: [
      { panel: 'stat', y: 'oven.*' },
      { y: ['a{room="$room"}', 'b'], thresholds: [{ at: 5, level: 'good' }], decimals: 1, stack: true },
    ],
  };
  assert.equal(
    toYaml(document),
    `title: 'Hall 2: the press'
span: 1h
panels:
  - {panel: stat, y: oven.*}
  - {y: ['a{room="$room"}', b], thresholds: [{at: 5, level: good}], decimals: 1, stack: true}
`.replace('span: 1h', "span: '1h'"),
  );
});

test('texts that YAML would take for something else are quoted', () => {
  for (const text of [
    '',
    ' a',
    'a ',
    '7',
    '-x',
    'yes',
    'null',
    'a: b',
    'a #b',
    '*',
    '{a}',
    '@x',
    "it's: so",
    '1h',
    '.5',
  ])
    assert.match(toYaml({ text }), /^text: '/, JSON.stringify(text));
  assert.equal(toYaml({ text: 'two\nlines' }), 'text: "two\\nlines"\n');
  assert.equal(toYaml({ text: "it's" }), "text: it's\n");
  assert.equal(toYaml({ list: ['a,b'] }), "list: ['a,b']\n");
});

test('long items go over several lines', () => {
  const text = toYaml({ panels: [{ panel: 'text', text: 'word '.repeat(40).trim(), title: 'x' }] });
  assert.equal(text.split('\n').length, 5);
  assert.ok(text.startsWith('panels:\n  - panel: text\n    text: word'));
});

test('changes make a new document and leave the old one', () => {
  const before: Fields = { panels: [{ y: 'a', width: 3 }], sections: [{ title: 's', panels: [{ y: 'b' }] }] };
  const kept = JSON.stringify(before);
  assert.equal(sectionIndex(before, 0), -1);
  assert.equal(sectionIndex(before, 1), 0);
  assert.equal(sectionIndex({ sections: [] }, 0), 0);
  const added = withNewPanel(before, 0, { y: 'c' });
  assert.deepEqual(
    panelsOf(added, 0).map(({ y }) => y),
    ['b', 'c'],
  );
  const placed = withPlaces(before, -1, new Map([[0, { x: 1, y: 2, w: 3, h: 4 }]]));
  assert.deepEqual(panelsOf(placed, -1), [{ y: 'a', place: [1, 2, 3, 4] }]);
  assert.deepEqual(panelsOf(withPanel(before, [0, 0], { y: 'z' }), 0), [{ y: 'z' }]);
  assert.deepEqual(panelsOf(withoutPanel(before, [-1, 0]), -1), []);
  assert.deepEqual(panelsOf({ panels: { y: 'one' } }, -1), [{ y: 'one' }]);
  assert.equal(JSON.stringify(before), kept);
});
