// Times by the clocks of another zone: what is written, typed and pasted.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { rangeFromText } from '../../src/logic/range_text.ts';
import { axisLabel, dateTimeLabel, momentLabel, zoneLabel } from '../../src/logic/time_label.ts';
import { boundsOf } from '../../src/logic/time_range.ts';
import {
  fieldText,
  fromFieldText,
  fromWallTime,
  isKnownZone,
  lastNight,
  offsetAt,
  offsetOfZone,
  shiftedDate,
  speakZone,
  spokenZone,
  startOfDay,
  wallTime,
} from '../../src/logic/time_zone.ts';

afterEach(() => speakZone(undefined));

const HOUR = 3_600_000;
const WINTER = Date.UTC(2026, 0, 15, 2, 30);
/** The hour of which Berlin's clocks show two, and the one that they leave out. */
const TWICE = Date.UTC(2026, 9, 25, 0, 30);
const SPRING = Date.UTC(2026, 2, 29, 1, 0);

test('only zones that the browser has are spoken', () => {
  assert.equal(isKnownZone('Europe/Berlin'), true);
  for (const bad of ['', 'Europe/Nowhere', '../etc', 'a b']) assert.equal(isKnownZone(bad), false, bad);
  speakZone('Europe/Nowhere');
  assert.equal(spokenZone(), undefined);
  assert.equal(offsetOfZone('Asia/Kolkata', WINTER), 5.5 * HOUR);
});

test('labels, fields and days are those of the zone', () => {
  speakZone('Asia/Tokyo');
  assert.equal(offsetAt(WINTER), 9 * HOUR);
  assert.match(momentLabel(WINTER, HOUR), /^11:30:00$/);
  assert.match(dateTimeLabel(WINTER), /15.*11:30:00/);
  assert.equal(fieldText(WINTER), '2026-01-15T11:30:00');
  assert.equal(fromFieldText('2026-01-15T11:30:00'), WINTER);
  assert.equal(fromFieldText('2026-01-15T11:30'), WINTER);
  assert.ok(Number.isNaN(fromFieldText('')));
  assert.equal(startOfDay(WINTER), Date.UTC(2026, 0, 14, 15));
  assert.equal(startOfDay(WINTER, 1), Date.UTC(2026, 0, 13, 15));
  assert.match(axisLabel(Date.UTC(2026, 0, 14, 15), 3 * HOUR), /15/, 'midnight is named by its day');
  assert.notEqual(zoneLabel(WINTER), '');
  const shifted = shiftedDate(WINTER);
  assert.deepEqual([shifted.getHours(), shifted.getMinutes(), shifted.getDate()], [11, 30, 15]);
});

test('clocks that turn: an hour twice, an hour left out', () => {
  speakZone('Europe/Berlin');
  assert.equal(offsetAt(TWICE), 2 * HOUR);
  assert.equal(offsetAt(TWICE + HOUR), HOUR);
  assert.equal(fromWallTime(wallTime(TWICE)), TWICE, 'the first of two');
  assert.equal(fromWallTime(wallTime(TWICE + HOUR)), TWICE);
  assert.equal(fromWallTime(wallTime(SPRING - 1)), SPRING - 1);
  assert.equal(fromWallTime(wallTime(SPRING)), SPRING);
  const leftOut = fromFieldText('2026-03-29T02:30:00');
  assert.ok(Math.abs(leftOut - SPRING) <= HOUR);
  assert.equal(startOfDay(TWICE + 12 * HOUR, -1) - startOfDay(TWICE + 12 * HOUR), 25 * HOUR);
});

test('last night is the one that was last, also while it lasts', () => {
  speakZone('UTC');
  const day = Date.UTC(2026, 0, 15);
  const wanted = { from: day - 2 * HOUR, to: day + 6 * HOUR };
  assert.deepEqual(lastNight(day + 9 * HOUR), wanted);
  assert.deepEqual(lastNight(day + 21 * HOUR), wanted);
  assert.deepEqual(lastNight(day + 3 * HOUR), wanted);
  assert.deepEqual(lastNight(day - HOUR), wanted);
});

test('what is pasted without a zone is of the zone that is spoken', () => {
  speakZone('Asia/Tokyo');
  const range = rangeFromText('2026-01-15 11:30 / 2026-01-15T12:30');
  assert.deepEqual(range === null ? null : boundsOf(range, 0), { from: WINTER, to: WINTER + HOUR });
  const told = rangeFromText('2026-01-15T02:30:00Z/2026-01-15T04:30:00+01:00');
  assert.deepEqual(told === null ? null : boundsOf(told, 0), { from: WINTER, to: WINTER + HOUR });
  const days = rangeFromText('2026-01-15/2026-01-16');
  assert.equal(days === null ? 0 : boundsOf(days, 0).from, Date.UTC(2026, 0, 14, 15));
});
