// The two ways frames come in, behind one shape: a WebSocket, or Server-Sent Events where that is blocked.

import { BASE } from './base.ts';

export interface Subscription {
  readonly id: string;
  readonly series: readonly string[];
  readonly rate: number;
}

export interface ChannelEvents {
  /** One frame, as text. */
  onFrame(text: string): void;
  /** Once, whatever the reason. */
  onClosed(): void;
}

export interface Channel {
  /** Replaces what is subscribed. */
  subscribe(wanted: readonly Subscription[]): void;
  close(): void;
}

const SUBPROTOCOL = 'telltale.json.v1';

export function openWebSocket(host: Location, events: ChannelEvents): Channel {
  const scheme = host.protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${host.host}${BASE}/api/v1/live`, SUBPROTOCOL);
  let sent = new Map<string, Subscription>();
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    socket.close();
    events.onClosed();
  };
  socket.onmessage = (message) => {
    if (!over && typeof message.data === 'string') events.onFrame(message.data);
  };
  socket.onclose = end;
  socket.onerror = end;
  return {
    subscribe(wanted) {
      if (socket.readyState !== WebSocket.OPEN) return;
      for (const item of wanted) {
        if (!sent.has(item.id)) socket.send(JSON.stringify({ op: 'subscribe', ...item }));
      }
      const next = new Map(wanted.map((item) => [item.id, item]));
      for (const id of sent.keys()) {
        if (!next.has(id)) socket.send(JSON.stringify({ op: 'unsubscribe', id }));
      }
      sent = next;
    },
    close: end,
  };
}

/** Operations that come as events of that name; data comes without one. */
const NAMED = ['hello', 'series', 'gap'];

export function openEvents(events: ChannelEvents): Channel {
  let source: EventSource | null = null;
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    source?.close();
    events.onClosed();
  };
  const take = (event: Event) => {
    const { data } = event as MessageEvent;
    if (!over && typeof data === 'string') events.onFrame(data);
  };
  const connect = (series: readonly string[], rate: number) => {
    source?.close();
    const query = series.map((item) => `series=${encodeURIComponent(item)}`).join('&');
    source = new EventSource(`${BASE}/api/v1/events?${query}&rate=${rate}`);
    source.onmessage = take;
    for (const name of NAMED) source.addEventListener(name, take);
    source.onerror = end;
  };
  // One address holds one set of series: each change is a new request. The first asks for everything, slowly.
  connect(['*'], 1);
  return {
    subscribe(wanted) {
      const series = [...new Set(wanted.flatMap((item) => item.series))];
      if (!over && series.length > 0) connect(series, Math.max(...wanted.map((item) => item.rate)));
    },
    close: end,
  };
}
