// The live connection: obeys the connection machine, keeps what is subscribed, turns frames into readings by key.
import { type Channel, openEvents, openWebSocket, type Subscription } from '../api/channel.ts';
import { openShared } from '../api/shared_channel.ts';
import type { Latest } from '../api/wire.ts';
import { Backoff } from '../logic/backoff.ts';
import { type Command, Connection, type ConnectionState } from '../logic/connection.ts';
import { decodeLive, type LiveMessage, type LiveSeries } from '../logic/live_decode.ts';

export interface LiveEvents {
  onState(state: ConnectionState): void;
  /** Connected, again or for the first time: what was missed has to be fetched. */
  onHello(version: string, serverTime: number): void;
  onSeries(series: readonly LiveSeries[]): void;
  onReadings(readings: readonly Latest[]): void;
  onGap(): void;
}

const SILENT_MS = 12_000;
const KEPT_SUBSCRIPTIONS = 16;

export class LiveClient {
  private readonly connection = new Connection({
    backoff: new Backoff({ firstMs: 400, maxMs: 8_000, random: Math.random }),
    blockedAfter: 2,
    offlineAfter: 4,
    silentMs: SILENT_MS,
  });
  private channel: Channel | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly wanted = new Map<string, Subscription>();
  private readonly keys = new Map<string, Map<number, string>>();
  private serial = 0;
  private welcomed = false;

  constructor(
    private readonly host: Location,
    private readonly events: LiveEvents,
  ) {}

  start(): void {
    this.obey(this.connection.start(Date.now()));
  }

  /** Replaces the subscription of that name; an empty list ends it. */
  want(name: string, series: readonly string[], rate: number): void {
    const old = this.wanted.get(name);
    if (series.length === 0) {
      if (!this.wanted.delete(name)) return;
    } else {
      if (old !== undefined && old.rate === rate && sameList(old.series, series)) return;
      this.serial += 1;
      this.wanted.set(name, { id: `s${this.serial}`, series, rate });
    }
    this.channel?.subscribe([...this.wanted.values()]);
  }

  /** The page is seen again, or the network is back: no reason to wait any longer. */
  hurry(): void {
    const command = this.connection.onRetry(Date.now());
    if (command !== null) this.obey(command);
  }

  /** A request failed on its way: a silent connection is taken for dead. */
  suspect(): void {
    if (this.connection.isSilent(Date.now())) this.channel?.close();
  }

  private obey(command: Command): void {
    clearTimeout(this.timer);
    if (command.do === 'wait') this.timer = setTimeout(() => this.hurry(), command.ms);
    if (command.do !== 'open') return;
    const websocket = command.transport === 'websocket';
    this.keys.clear();
    this.welcomed = false;
    const handlers = {
      onFrame: (text: string) => this.onFrame(text),
      onClosed: () => {
        this.channel = null;
        const next = this.connection.onClosed();
        this.events.onState(this.connection.state);
        this.obey(next);
      },
    };
    this.channel = websocket
      ? (openShared(handlers) ?? openWebSocket(this.host, handlers))
      : openEvents(handlers);
  }

  private onFrame(text: string): void {
    this.connection.onFrame(Date.now());
    let message: LiveMessage | null;
    try {
      message = decodeLive(text);
    } catch {
      // Not our protocol: start afresh rather than show what may be wrong.
      this.channel?.close();
      return;
    }
    if (message === null) return;
    if (message.op === 'hello') this.welcome(message.version, message.time);
    else if (message.op === 'series') this.learn(message.id, message.series);
    else if (message.op === 'data') this.deliver(message);
    else if (message.op === 'gap') this.events.onGap();
  }

  private welcome(version: string, serverTime: number): void {
    // Events say it again with each change of what is subscribed.
    if (this.welcomed) return;
    this.welcomed = true;
    this.connection.onHello(Date.now());
    this.channel?.subscribe([...this.wanted.values()]);
    this.events.onState(this.connection.state);
    this.events.onHello(version, serverTime);
  }

  private learn(id: string, series: readonly LiveSeries[]): void {
    const known = this.keys.get(id) ?? new Map<number, string>();
    this.keys.set(id, known);
    // Frames of a subscription that was just replaced may still be on their way: the last few are kept.
    for (const old of this.keys.keys()) {
      if (this.keys.size <= KEPT_SUBSCRIPTIONS) break;
      this.keys.delete(old);
    }
    for (const item of series) known.set(item.ref, item.info.key);
    this.events.onSeries(series);
  }

  private deliver(message: Extract<LiveMessage, { op: 'data' }>): void {
    const known = this.keys.get(message.id);
    if (known === undefined) return;
    const readings: Latest[] = [];
    for (const row of message.rows) {
      const key = known.get(row.ref);
      if (key !== undefined) readings.push({ key, time: row.time, value: row.value, quality: row.quality });
    }
    this.events.onReadings(readings);
  }
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
