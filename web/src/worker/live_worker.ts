// The shared worker: one WebSocket to the device for all tabs of a browser that show this page. A program of its own,
// bundled apart; `api/shared_channel.ts` is its other end.
import { baseOf } from '../logic/base_path.ts';
import { Switchboard } from '../logic/switchboard.ts';
import { type FromTab, SUBPROTOCOL, TAB_GONE_MS, type ToTab } from './live_words.ts';

interface WorkerScope {
  readonly location: Location;
  onconnect: ((event: MessageEvent) => void) | null;
}

class Tab {
  heardAt = performance.now();
  constructor(private readonly port: MessagePort) {}
  frame(text: string): void {
    this.tell({ is: 'frame', text });
  }
  closed(): void {
    this.tell({ is: 'closed' });
  }
  private tell(message: ToTab): void {
    this.port.postMessage(message);
  }
}

const scope = globalThis as unknown as WorkerScope;
const tabs = new Set<Tab>();
let socket: WebSocket | null = null;

const board = new Switchboard(
  {
    open() {
      const { protocol, host, pathname } = scope.location;
      const made = new WebSocket(
        `${protocol === 'https:' ? 'wss' : 'ws'}://${host}${baseOf(pathname)}/api/v1/live`,
        SUBPROTOCOL,
      );
      socket = made;
      made.onmessage = ({ data }) => {
        if (socket === made && typeof data === 'string') board.onFrame(data);
      };
      made.onclose = () => {
        if (socket !== made) return;
        socket = null;
        board.onClosed();
      };
    },
    send(text) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(text);
    },
    close() {
      const old = socket;
      socket = null;
      old?.close();
    },
  },
  () => performance.now(),
);

scope.onconnect = ({ ports }) => {
  const port = ports[0]!;
  const tab = new Tab(port);
  tabs.add(tab);
  port.onmessage = ({ data }: MessageEvent<FromTab>) => {
    tab.heardAt = performance.now();
    if (data.is === 'open') board.join(tab);
    else if (data.is === 'want') board.want(tab, data.wanted);
    else if (data.is === 'suspect') {
      // It has been silent for too long: for one tab, for all.
      const old = socket;
      socket = null;
      old?.close();
      board.onClosed();
    } else if (data.is === 'leave') {
      board.leave(tab);
      tabs.delete(tab);
    } else tabs.add(tab);
  };
  port.start();
};

// A tab that crashed does not say so. Those in the background are heard of once a minute.
setInterval(() => {
  const now = performance.now();
  for (const tab of tabs) {
    if (now - tab.heardAt < TAB_GONE_MS) continue;
    tabs.delete(tab);
    board.leave(tab);
  }
}, TAB_GONE_MS / 4);
