import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Listener, Switchboard } from '../../src/logic/switchboard.ts';

function setUp() {
  const sent: string[] = [];
  let now = 0;
  const board: Switchboard = new Switchboard(
    {
      open: () => sent.push('open'),
      send: (text) => sent.push(text),
      close: () => sent.push('close'),
    },
    () => now,
  );
  return {
    board,
    sent,
    wait: (ms: number) => {
      now += ms;
    },
    taken: () => sent.splice(0),
  };
}

class Tab implements Listener {
  readonly heard: string[] = [];
  frame(text: string): void {
    this.heard.push(text);
  }
  closed(): void {
    this.heard.push('closed');
  }
  taken(): string[] {
    return this.heard.splice(0);
  }
}

const HELLO = '{"op":"hello","version":"1","boot":"b","time":1000}';
const all = (id: string) => ({ id, series: ['*'], rate: 10 });

test('two tabs that want the same are one subscription, and each hears it by its own name', () => {
  const { board, taken } = setUp();
  const [a, b] = [new Tab(), new Tab()];
  board.join(a);
  assert.deepEqual(taken(), ['open']);
  board.onFrame(HELLO);
  board.want(a, [all('s1')]);
  assert.deepEqual(taken(), ['{"op":"subscribe","id":"w1","series":["*"],"rate":10}']);
  board.onFrame('{"op":"series","id":"w1","series":[{"ref":0,"key":"x"}]}');
  board.join(b);
  board.want(b, [all('s7')]);
  assert.deepEqual(taken(), []);
  board.onFrame('{"op":"data","id":"w1","seq":4,"rows":[[0,5,"\\"id\\":\\"w1\\""]]}');
  assert.equal(a.taken().at(-1), '{"op":"data","id":"s1","seq":4,"rows":[[0,5,"\\"id\\":\\"w1\\""]]}');
  assert.deepEqual(b.taken(), [
    HELLO,
    '{"op":"series","id":"s7","series":[{"ref":0,"key":"x"}]}',
    '{"op":"data","id":"s7","seq":4,"rows":[[0,5,"\\"id\\":\\"w1\\""]]}',
  ]);
});

test('a subscription ends with its last user, the connection with the last tab', () => {
  const { board, taken } = setUp();
  const [a, b] = [new Tab(), new Tab()];
  board.join(a);
  board.join(b);
  board.onFrame(HELLO);
  board.want(a, [all('s1')]);
  board.want(b, [all('s1')]);
  taken();
  board.want(a, []);
  assert.deepEqual(taken(), []);
  board.leave(b);
  assert.deepEqual(taken(), ['{"op":"unsubscribe","id":"w1"}']);
  board.onFrame('{"op":"data","id":"w1","seq":1,"rows":[]}');
  assert.deepEqual(a.taken(), [HELLO]);
  board.leave(a);
  assert.deepEqual(taken(), ['close']);
  board.join(a);
  assert.deepEqual(taken(), ['open']);
});

test('what begins, begins before what ends', () => {
  const { board, taken } = setUp();
  const a = new Tab();
  board.join(a);
  board.onFrame(HELLO);
  board.want(a, [all('s1')]);
  taken();
  board.want(a, [{ id: 's2', series: ['a', 'b'], rate: 5 }]);
  assert.deepEqual(taken(), [
    '{"op":"subscribe","id":"w2","series":["a","b"],"rate":5}',
    '{"op":"unsubscribe","id":"w1"}',
  ]);
});

test('one tab may want the same twice: each has frames of its own', () => {
  const { board, taken } = setUp();
  const a = new Tab();
  board.join(a);
  board.onFrame(HELLO);
  board.want(a, [all('s1'), all('s2')]);
  assert.equal(taken().filter((text) => text.includes('subscribe')).length, 2);
  a.taken();
  board.onFrame('{"op":"data","id":"w2","seq":1,"rows":[]}');
  assert.deepEqual(a.taken(), ['{"op":"data","id":"s2","seq":1,"rows":[]}']);
});

test('the device time that a later tab is told has gone on', () => {
  const { board, wait } = setUp();
  const [a, b] = [new Tab(), new Tab()];
  board.join(a);
  board.onFrame(HELLO);
  wait(2_500.4);
  board.join(b);
  assert.deepEqual(JSON.parse(b.taken()[0]!), { op: 'hello', version: '1', boot: 'b', time: 3_500 });
});

test('a lost connection is told to every tab, and the first that asks opens the next', () => {
  const { board, taken } = setUp();
  const [a, b] = [new Tab(), new Tab()];
  board.join(a);
  board.join(b);
  board.onFrame(HELLO);
  board.want(a, [all('s1')]);
  taken();
  board.onClosed();
  assert.deepEqual([a.taken().at(-1), b.taken().at(-1)], ['closed', 'closed']);
  board.join(b);
  board.join(a);
  assert.deepEqual(taken(), ['open']);
  board.want(a, [all('s1')]);
  assert.deepEqual(taken(), [], 'nothing is sent before the device said hello');
  board.onFrame(HELLO);
  board.want(a, [all('s1')]);
  assert.equal(taken().length, 1);
});
