import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisTexts, decimalsOf, formatFixed, MISSING, NumberStyle } from '../../src/logic/number_format.ts';

const show = (style: NumberStyle, value: number) => {
  const { number, unit } = style.format(value);
  return unit === '' ? number : `${number} ${unit}`;
};

const SINGLE: readonly (readonly [string, number, string])[] = [
  ['°C', 21.5, '21.5 °C'],
  ['°C', 21, '21 °C'],
  ['°C', -0.04, '-0.04 °C'],
  ['', 37.125, '37.125'],
  ['', 0.1 + 0.2, '0.300'],
  ['', 74.93588199999998, '74.94'],
  ['', 1234.5678901, '1235'],
  ['%', 42.123456, '42.1 %'],
  ['%', 0, '0 %'],
  ['B', 0, '0 B'],
  ['B', 999, '999 B'],
  ['B', 4_212_345_678, '4.21 GB'],
  ['B/s', 512_340, '512.3 kB/s'],
  ['W', 1840, '1.84 kW'],
  ['bar', 1840, '1840 bar'],
  ['', 98_231, '98,231'],
  ['', 1e15, '1.00e+15'],
  ['', 3e-9, '3.00e-9'],
  ['V', 0.00123456, '0.00123 V'],
  ['s', 42, '42 s'],
  ['s', 36_000, '10.00 h'],
  ['s', 912_345, '10.56 d'],
  ['°C', Number.NaN, `${MISSING} °C`],
  ['°C', Number.POSITIVE_INFINITY, `${MISSING} °C`],
];
for (const [unit, value, text] of SINGLE) {
  test(`${value} ${unit} is shown as ${text}`, () => {
    assert.equal(show(new NumberStyle(unit, null, 'en'), value), text);
  });
}

test('decimals grow when a reading needs them and never shrink: the number does not jump', () => {
  const style = new NumberStyle('°C', null, 'en');
  assert.deepEqual(
    [21, 21.5, 21, 21.53, 22].map((value) => show(style, value)),
    ['21 °C', '21.5 °C', '21.0 °C', '21.53 °C', '22.00 °C'],
  );
});

test('decimals from the source are kept', () => {
  const style = new NumberStyle('°C', 1, 'en');
  assert.deepEqual(
    [21, 21.57].map((value) => show(style, value)),
    ['21.0 °C', '21.6 °C'],
  );
});

test('a prefix does not flicker at its border', () => {
  const style = new NumberStyle('B', null, 'en');
  assert.deepEqual(
    [990, 1002, 990, 1002, 710, 690, 710].map((value) => show(style, value)),
    ['990 B', '1.00 kB', '0.99 kB', '1.00 kB', '0.71 kB', '690 B', '710 B'],
  );
});

test('zero is never negative', () => {
  assert.equal(formatFixed(-0.0001, 2, 'en'), '0.00');
});

test('the decimals of a double are those of its shortest text', () => {
  const cases: readonly (readonly [number, number])[] = [
    [1, 0],
    [-1.25, 2],
    [1e-7, 7],
    [1.5e-7, 8],
    [1e21, 0],
    [0.1, 1],
  ];
  for (const [value, decimals] of cases) assert.equal(decimalsOf(value), decimals, String(value));
});

test('marks of an axis share one prefix and as few decimals as they need', () => {
  assert.deepEqual(axisTexts([0, 0.5, 1], '°C', 'en'), ['0.0\u202f°C', '0.5\u202f°C', '1.0\u202f°C']);
  assert.deepEqual(axisTexts([0, 5e8, 1e9], 'B', 'en'), ['0.0\u202fGB', '0.5\u202fGB', '1.0\u202fGB']);
  assert.deepEqual(axisTexts([0.1, 0.2, 0.30000000000000004], '', 'en'), ['0.1', '0.2', '0.3']);
  assert.deepEqual(axisTexts([], 'V', 'en'), []);
});

test('a difference and a mean are as exact as the values that they are of', () => {
  const style = new NumberStyle('bar', null, 'en');
  style.format(5.51);
  assert.deepEqual(style.formatChange(0.6100000000000003), { number: '0.61', unit: 'bar' });
  assert.equal(style.formatComputed(150.195).number, '150.20');
  assert.equal(style.format(6).number, '6.00', 'neither makes the values longer');
  const whole = new NumberStyle('%', null, 'en');
  whole.format(50);
  assert.equal(whole.formatChange(3).number, '3');
  assert.equal(whole.formatComputed(47.333333).number, '47.3');
  assert.deepEqual(new NumberStyle('W', null, 'en').formatChange(577), { number: '577', unit: 'W' });
  assert.equal(whole.formatComputed(Number.NaN).number, '–');
});
