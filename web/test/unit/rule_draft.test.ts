import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clearFor,
  inExpression,
  mistakesOf,
  type RuleDraft,
  roundedFor,
  ruleLines,
  ruleName,
  typedNumber,
} from '../../src/logic/rule_draft.ts';
import { bandPath, heightOf, placeOf, scaleOf, valueAt } from '../../src/logic/threshold_scale.ts';

const DRAFT: RuleDraft = {
  name: 'oil hot',
  series: 'press7.oil',
  all: false,
  way: 'above',
  threshold: '80',
  clear: '75',
  hold: '30s',
  severity: 'warning',
  notify: null,
  message: '',
};

test('numbers are read as people type them', () => {
  for (const [text, value] of [
    ['80', 80],
    [' 0,5 ', 0.5],
    ['-.5', -0.5],
    ['−3', -3],
    ['1e3', 1000],
  ] as const) {
    assert.equal(typedNumber(text), value, text);
  }
  for (const text of ['', ' ', '80 °C', '1.2.3', 'e5', '0x10', 'Infinity', '1,000.5'])
    assert.ok(Number.isNaN(typedNumber(text)), text);
});

test('a series is named as the language of expressions names it', () => {
  for (const [key, all, text] of [
    ['press7.oil', false, 'press7.oil'],
    ['temperature{room="hall"}', false, 'temperature{room="hall"}'],
    ['temperature{room="hall"}', true, 'temperature'],
    ['press-7.oil level', false, "'press-7.oil level'"],
    ['7th', false, "'7th'"],
    ['not', false, "'not'"],
    ['it\'s{a="b"}', false, '`it\'s{a="b"}`'],
    ['a-b{room="hall"}', false, '\'a-b{room="hall"}\''],
  ] as const) {
    assert.equal(inExpression(key, all), text);
  }
});

test('a rule becomes lines that say no more than they must', () => {
  assert.deepEqual(ruleLines(DRAFT).lines, [
    '- name: oil hot',
    '  when: press7.oil > 80',
    '  clear: press7.oil < 75',
    "  for: '30s'",
  ]);
  const low = ruleLines({
    ...DRAFT,
    way: 'below',
    threshold: '-0,5',
    clear: '',
    hold: '0s',
    severity: 'critical',
    notify: [],
    message: 'Call: 4711 # now',
  });
  assert.deepEqual(low.lines, [
    '- name: oil hot',
    '  when: press7.oil < -0.5',
    '  severity: critical',
    "  message: 'Call: 4711 # now'",
    '  notify: []',
  ]);
  assert.match(low.flow, /^\{name: oil hot, when: press7.oil < -0.5, /);
});

test('what is no length is left to the device to refuse', () => {
  const lines = (hold: string) => ruleLines({ ...DRAFT, hold }).lines.filter((line) => line.includes('for:'));
  for (const none of ['', '0', '0s', ' 00m ']) assert.deepEqual(lines(none), [], none);
  assert.deepEqual(lines('soon'), ['  for: soon']);
});

test('what cannot be is said by its field', () => {
  assert.deepEqual(mistakesOf(DRAFT), {});
  assert.deepEqual(mistakesOf({ ...DRAFT, clear: '' }), {});
  assert.deepEqual(mistakesOf({ ...DRAFT, name: ' ' }), { name: true });
  assert.deepEqual(mistakesOf({ ...DRAFT, name: 'a/b' }), { name: true });
  assert.deepEqual(mistakesOf({ ...DRAFT, clear: '81' }), { clear: true });
  assert.deepEqual(mistakesOf({ ...DRAFT, way: 'below' }), { clear: true });
  assert.deepEqual(mistakesOf({ ...DRAFT, threshold: 'hot', clear: '' }), { threshold: true, clear: true });
});

test('names are free, and none that the device refuses', () => {
  assert.equal(ruleName('press7.oil', 'above', []), 'press7.oil high');
  assert.equal(ruleName('press7.oil', 'above', ['press7.oil high']), 'press7.oil high 2');
  assert.equal(ruleName('t{room="a/b"}', 'below', []), 't a b low');
});

test('a drag gives a number with the digits that make sense', () => {
  assert.equal(roundedFor(80.123_456, 30), '80.1');
  assert.equal(roundedFor(80_123.456, 30_000), '80100');
  assert.equal(roundedFor(0.000_123_4, 0.001), '0.00012');
  assert.equal(roundedFor(Number.NaN, 1), '');
  assert.equal(clearFor('above', 80, 20), '79');
  assert.equal(clearFor('below', 80, 20), '81');
});

test('heights and values of the picture are each other’s way back', () => {
  const past = { times: [0, 50, 100], mins: [10, Number.NaN, 12], maxs: [20, Number.NaN, 14] };
  const scale = scaleOf(past, 0, 100, []);
  assert.ok(scale.low < 10 && scale.high > 20);
  assert.ok(Math.abs(valueAt(scale, heightOf(scale, 15) / 100) - 15) < 1e-9);
  assert.equal(heightOf(scale, 1e9), 0);
  assert.equal(placeOf(scale, -5), 0);
  assert.equal(bandPath(past, scale).match(/M/g)?.length, 2, 'a gap ends a stretch');
  const nothing = scaleOf({ times: [], mins: [], maxs: [] }, 0, 100, [Number.NaN, 80]);
  assert.ok(nothing.low < 80 && nothing.high > 80);
});
