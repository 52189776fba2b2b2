import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../src/logic/backoff.ts';
import { Connection } from '../../src/logic/connection.ts';

function make(random = () => 1) {
  const backoff = new Backoff({ firstMs: 400, maxMs: 8_000, random });
  return new Connection({ backoff, blockedAfter: 2, offlineAfter: 4, silentMs: 12_000 });
}

test('a connection that says hello is live', () => {
  const connection = make();
  assert.equal(connection.state, 'reconnecting');
  assert.deepEqual(connection.start(0), { do: 'open', transport: 'websocket' });
  connection.onHello(10);
  assert.equal(connection.state, 'live');
});

test('a lost connection waits longer each time, and offline is said after four failures', () => {
  const connection = make();
  connection.start(0);
  connection.onHello(1);
  const waits = [];
  const states = [];
  for (let i = 0; i < 7; i += 1) {
    const command = connection.onClosed();
    assert.equal(command.do, 'wait');
    waits.push(command.do === 'wait' ? command.ms : 0);
    states.push(connection.state);
    assert.deepEqual(connection.onRetry(0), { do: 'open', transport: 'websocket' });
  }
  assert.deepEqual(waits, [400, 800, 1600, 3200, 6400, 8000, 8000]);
  assert.deepEqual(states.slice(0, 5), [
    'reconnecting',
    'reconnecting',
    'reconnecting',
    'offline',
    'offline',
  ]);
});

test('a hello ends the back-off', () => {
  const connection = make();
  connection.start(0);
  for (let i = 0; i < 5; i += 1) {
    connection.onClosed();
    connection.onRetry(0);
  }
  connection.onHello(0);
  assert.deepEqual(connection.onClosed(), { do: 'wait', ms: 400 });
});

test('a socket that closes twice is one failure', () => {
  const connection = make();
  connection.start(0);
  assert.equal(connection.onClosed().do, 'wait');
  assert.equal(connection.onClosed().do, 'close');
  assert.deepEqual(connection.onRetry(0), { do: 'open', transport: 'websocket' });
});

test('events are tried when a WebSocket never opened, and back again', () => {
  const connection = make();
  const transports = [];
  let command = connection.start(0);
  for (let i = 0; i < 5; i += 1) {
    transports.push(command.do === 'open' ? command.transport : '');
    connection.onClosed();
    command = connection.onRetry(0)!;
  }
  assert.deepEqual(transports, ['websocket', 'websocket', 'events', 'events', 'websocket']);
});

test('a page that once heard a WebSocket stays with it', () => {
  const connection = make();
  connection.start(0);
  connection.onHello(0);
  for (let i = 0; i < 6; i += 1) {
    connection.onClosed();
    assert.deepEqual(connection.onRetry(0), { do: 'open', transport: 'websocket' });
  }
});

test('silence is noticed, frames end it, a wait has none', () => {
  const connection = make();
  connection.start(0);
  connection.onHello(0);
  assert.equal(connection.isSilent(12_000), false);
  assert.equal(connection.isSilent(12_001), true);
  connection.onFrame(12_001);
  assert.equal(connection.isSilent(20_000), false);
  connection.onClosed();
  assert.equal(connection.isSilent(99_000), false);
});

test('retrying while connected does nothing', () => {
  const connection = make();
  connection.start(0);
  assert.equal(connection.onRetry(1), null);
  connection.onHello(2);
  assert.equal(connection.onRetry(3), null);
});

test('jitter stays between half a step and the whole of it', () => {
  for (const [random, first] of [
    [0, 200],
    [0.5, 300],
    [1, 400],
  ] as const) {
    assert.equal(new Backoff({ firstMs: 400, maxMs: 8_000, random: () => random }).next(), first);
  }
});
