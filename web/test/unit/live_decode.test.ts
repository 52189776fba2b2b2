import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WireError } from '../../src/api/guard.ts';
import { decodeLive } from '../../src/logic/live_decode.ts';
import { seeded } from './support.ts';

test('each operation is read', () => {
  assert.deepEqual(decodeLive('{"op":"hello","version":"1.2","boot":"b","time":5}'), {
    op: 'hello',
    version: '1.2',
    boot: 'b',
    time: 5,
  });
  const message = decodeLive(
    '{"op":"series","id":"a","series":[{"ref":3,"key":"m","unit":"°C","kind":"state","states":[[1,"on"]]}]}',
  );
  assert.equal(message?.op, 'series');
  if (message?.op === 'series') {
    assert.equal(message.series[0]?.ref, 3);
    assert.deepEqual(message.series[0]?.info.states, [[1, 'on']]);
  }
  assert.deepEqual(decodeLive('{"op":"gap","id":"a","from":1,"to":2}'), {
    op: 'gap',
    id: 'a',
    from: 1,
    to: 2,
  });
  assert.equal(decodeLive('{"op":"error","id":"a","code":"limit","message":"too many"}')?.op, 'error');
});

test('rows carry numbers, names, faults and quality', () => {
  const message = decodeLive(
    '{"op":"data","id":"a","seq":9,"rows":[[0,1,2.5],[1,2,"open"],[2,3,null],[3,4,1,"uncertain"],[4,5,null,"bad"]]}',
  );
  assert.deepEqual(message?.op === 'data' && message.rows, [
    { ref: 0, time: 1, value: 2.5, quality: 'good' },
    { ref: 1, time: 2, value: 'open', quality: 'good' },
    { ref: 2, time: 3, value: null, quality: 'bad' },
    { ref: 3, time: 4, value: 1, quality: 'uncertain' },
    { ref: 4, time: 5, value: null, quality: 'bad' },
  ]);
});

test('an operation of a newer device is left out', () => {
  assert.equal(decodeLive('{"op":"weather","id":"a"}'), null);
});

const NONSENSE = [
  '',
  'null',
  '[]',
  '42',
  '"x"',
  '{',
  '{"op":7}',
  '{}',
  '{"op":"hello"}',
  '{"op":"hello","time":"now"}',
  '{"op":"data","id":"a","rows":{}}',
  '{"op":"data","id":"a","rows":[7]}',
  '{"op":"data","id":"a","rows":[["0",1,2]]}',
  '{"op":"data","id":"a","rows":[[0,null,2]]}',
  '{"op":"data","id":"a","rows":[[0,1,{}]]}',
  '{"op":"series","id":"a"}',
  '{"op":"series","id":"a","series":[{"ref":0}]}',
  '{"op":"series","id":"a","series":[{"key":"m"}]}',
  '{"op":"series","id":"a","series":[{"ref":0,"key":"m","states":[["x",1]]}]}',
  '{"op":"gap","id":"a","from":1}',
];
for (const frame of NONSENSE) {
  test(`nonsense is refused: ${frame || '(nothing)'}`, () => {
    assert.throws(() => decodeLive(frame), WireError);
  });
}

test('a frame cut or bent anywhere never gives anything but a message, nothing or a WireError', () => {
  const good = '{"op":"data","id":"a","seq":9,"rows":[[0,1,2.5],[1,2,"open"],[2,3,null,"bad"]]}';
  const random = seeded(7);
  for (let i = 0; i < 5_000; i += 1) {
    const at = Math.floor(random() * good.length);
    const bent =
      random() < 0.5
        ? good.slice(0, at)
        : good.slice(0, at) + String.fromCharCode(32 + Math.floor(random() * 95)) + good.slice(at + 1);
    try {
      decodeLive(bent);
    } catch (error) {
      assert.ok(error instanceof WireError, `${bent}: ${String(error)}`);
    }
  }
});
