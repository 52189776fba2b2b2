import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboardName } from '../../src/logic/dashboard_name.ts';
import { dashboardWith, isPinned, panelFor, withPinned } from '../../src/logic/pin.ts';

const stat = panelFor('oven.temperature', 'gauge');
const LINE = '- {panel: stat, y: oven.temperature}';

test('a kind of series has its kind of panel', () => {
  assert.deepEqual(stat, { panel: 'stat', y: 'oven.temperature' });
  assert.equal(panelFor('a', 'counter').panel, 'stat');
  assert.equal(panelFor('a', 'state').panel, 'scoreboard');
  assert.equal(panelFor('a', 'event').panel, 'events');
});

test('a new dashboard holds the panel', () => {
  assert.equal(dashboardWith('hall', stat), `title: hall\npanels:\n  ${LINE}\n`);
});

const CASES: readonly (readonly [string, string, string])[] = [
  ['at the end', 'panels:\n  - {y: a}\n', `panels:\n  - {y: a}\n  ${LINE}\n`],
  ['without a last line feed', 'panels:\n  - {y: a}', `panels:\n  - {y: a}\n  ${LINE}\n`],
  [
    'below a panel of many lines, above what follows, comments kept',
    '# mine\npanels: # here\n- y: a\n  title: b\n\n# next\nspan: 5m\n',
    `# mine\npanels: # here\n- y: a\n  title: b\n${LINE}\n\n# next\nspan: 5m\n`,
  ],
  ['above sections', 'panels:\n  - {y: a}\nsections: []\n', `panels:\n  - {y: a}\n  ${LINE}\nsections: []\n`],
];
for (const [what, before, after] of CASES) {
  test(`a panel is added to a text ${what}`, () => {
    assert.equal(withPinned(before, { panels: [{ y: 'a' }] }, stat), after);
  });
}

test('a text whose list cannot be told is written anew', () => {
  const document = { panels: [{ y: 'a' }], span: '5m' };
  assert.equal(
    withPinned('{panels: [{y: a}], span: 5m}\n', document, stat),
    `panels:\n  - {y: a}\n  ${LINE}\nspan: '5m'\n`,
  );
  assert.match(withPinned('title: x\n', { title: 'x' }, stat), /^title: x\npanels:\n {2}- \{panel: stat/);
});

test('what is there already is seen, in sections too', () => {
  assert.equal(isPinned({ panels: [{ y: 'a' }, { y: ['b'] }, { y: ['c', 'd'] }] }, 'b'), true);
  assert.equal(isPinned({ panels: [{ y: ['c', 'd'] }] }, 'c'), false);
  assert.equal(isPinned({ sections: [{ panels: [{ y: 'e' }] }] }, 'e'), true);
  assert.equal(isPinned(null, 'e'), false);
});

test('a name for a file is made of what somebody wrote', () => {
  assert.equal(dashboardName('Halle 2, Öfen'), 'halle-2-fen');
  assert.equal(dashboardName('  --  '), '');
  assert.equal(dashboardName('A'.repeat(80)).length, 64);
});
