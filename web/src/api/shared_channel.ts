// The connection that all tabs of a browser share, as a channel like any other. Where there is no SharedWorker, or its
// script does not start, a tab has a WebSocket of its own.

import { ALIVE_EVERY_MS, type FromTab, type ToTab } from '../worker/live_words.ts';
import { BASE } from './base.ts';
import type { Channel, ChannelEvents } from './channel.ts';

declare const TELLTALE_WORKER: string;

let worker: SharedWorker | null | undefined;
let current: ChannelEvents | null = null;

const tell = (message: FromTab) => worker?.port.postMessage(message);

function end(): void {
  const ended = current;
  current = null;
  ended?.onClosed();
}

function started(): SharedWorker | null {
  if (worker !== undefined) return worker;
  try {
    worker = new SharedWorker(BASE + TELLTALE_WORKER, { name: 'telltale-live' });
  } catch {
    worker = null;
    return null;
  }
  worker.onerror = () => {
    // Also of a script that could not be loaded: never tried again, the next connection is the tab's own.
    worker = null;
    end();
  };
  worker.port.onmessage = ({ data }: MessageEvent<ToTab>) => {
    if (data.is === 'closed') end();
    else current?.onFrame(data.text);
  };
  setInterval(() => tell({ is: 'alive' }), ALIVE_EVERY_MS);
  window.addEventListener('pagehide', () => {
    tell({ is: 'leave' });
    // Kept in the browser's memory it may come back: then it connects again.
    end();
  });
  return worker;
}

/** Null: this browser has none. */
export function openShared(events: ChannelEvents): Channel | null {
  if (typeof SharedWorker !== 'function' || started() === null) return null;
  current = events;
  tell({ is: 'open' });
  return {
    subscribe(wanted) {
      if (current === events) tell({ is: 'want', wanted });
    },
    close() {
      if (current !== events) return;
      tell({ is: 'suspect' });
      end();
    },
  };
}
