// The connection as a state machine without sockets or timers: events go in, the state and what to do next come
// out. `app/live_client.ts` owns the sockets and obeys.
import type { Backoff } from './backoff.ts';

export type ConnectionState = 'live' | 'reconnecting' | 'offline';
export type Transport = 'websocket' | 'events';

export type Command =
  | { readonly do: 'open'; readonly transport: Transport }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'close' };

export interface ConnectionOptions {
  readonly backoff: Backoff;
  /** WebSocket attempts in a row that never opened before events are tried instead. */
  readonly blockedAfter: number;
  /** Failed attempts in a row after which the state says offline rather than reconnecting. */
  readonly offlineAfter: number;
  /** Without a frame for so long the connection counts as dead: a silent network gives no close event. */
  readonly silentMs: number;
}

export class Connection {
  state: ConnectionState = 'reconnecting';
  private phase: 'idle' | 'opening' | 'open' | 'waiting' = 'idle';
  private transport: Transport = 'websocket';
  private failures = 0;
  private everOpened = false;
  private heardAt = 0;

  constructor(private readonly options: ConnectionOptions) {}

  start(now: number): Command {
    this.phase = 'opening';
    this.heardAt = now;
    return { do: 'open', transport: this.transport };
  }

  /** The server said hello. */
  onHello(now: number): void {
    if (this.phase !== 'opening') return;
    this.phase = 'open';
    this.state = 'live';
    this.failures = 0;
    this.everOpened = true;
    this.heardAt = now;
    this.options.backoff.reset();
  }

  onFrame(now: number): void {
    this.heardAt = now;
  }

  /** The socket closed, failed, or never opened. */
  onClosed(): Command {
    if (this.phase === 'waiting' || this.phase === 'idle') return { do: 'close' };
    this.phase = 'waiting';
    this.failures += 1;
    this.state = this.failures >= this.options.offlineAfter ? 'offline' : 'reconnecting';
    // Only a page that has never heard a WebSocket believes that something in between blocks it.
    if (!this.everOpened && this.failures % this.options.blockedAfter === 0) {
      this.transport = this.transport === 'websocket' ? 'events' : 'websocket';
    }
    return { do: 'wait', ms: this.options.backoff.next() };
  }

  /** The wait is over, or the page became visible, or the network came back. */
  onRetry(now: number): Command | null {
    if (this.phase !== 'waiting') return null;
    return this.start(now);
  }

  /** Asked now and then: whether an open connection has gone silent and must be closed. */
  isSilent(now: number): boolean {
    const watched = this.phase === 'open' || this.phase === 'opening';
    return watched && now - this.heardAt > this.options.silentMs;
  }
}
