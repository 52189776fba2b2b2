// Many tabs on one connection. What several of them want alike is subscribed once; each gets its frames under the id that
// it gave itself. Knows no sockets and no ports: `worker/live_worker.ts` has those. Frames are not read, but for their head.

export interface Wanted {
  readonly id: string;
  readonly series: readonly string[];
  readonly rate: number;
}

/** One tab. */
export interface Listener {
  frame(text: string): void;
  closed(): void;
}

export interface Upstream {
  /** Opens the connection; `onFrame` and `onClosed` follow. */
  open(): void;
  send(text: string): void;
  close(): void;
}

interface Shared {
  readonly id: string;
  readonly mark: string;
  /** What the device said of its series: told again to who comes later. */
  readonly series: string[];
  readonly users: Map<Listener, string>;
}

const HEAD = /^\{"op":"([a-z]+)","id":"([^"\\]*)"/;
/** More announcements than this of one subscription are not remembered: a tab that misses one asks anew. */
const MAX_SERIES_FRAMES = 64;

export class Switchboard {
  private readonly tabs = new Map<Listener, Map<string, Shared>>();
  private readonly byMark = new Map<string, Shared>();
  private readonly byId = new Map<string, Shared>();
  private state: 'closed' | 'opening' | 'open' = 'closed';
  private hello: { readonly text: string; readonly at: number } | null = null;
  private serial = 0;

  constructor(
    private readonly upstream: Upstream,
    /** Monotonic, in ms. */
    private readonly now: () => number,
  ) {}

  get size(): number {
    return this.tabs.size;
  }

  join(tab: Listener): void {
    this.leave(tab);
    this.tabs.set(tab, new Map());
    if (this.state === 'closed') {
      this.state = 'opening';
      this.upstream.open();
    } else if (this.hello !== null) tab.frame(this.aged(this.hello));
  }

  leave(tab: Listener): void {
    const held = this.tabs.get(tab);
    if (held === undefined) return;
    for (const [own, shared] of held) this.drop(tab, own, shared);
    this.tabs.delete(tab);
    if (this.tabs.size > 0 || this.state === 'closed') return;
    this.reset();
    this.upstream.close();
  }

  /** Replaces what the tab wants. What begins, begins before anything ends. */
  want(tab: Listener, wanted: readonly Wanted[]): void {
    const held = this.tabs.get(tab);
    if (held === undefined || this.hello === null) return;
    for (const item of wanted) if (!held.has(item.id)) held.set(item.id, this.share(tab, item));
    const ids = new Set(wanted.map(({ id }) => id));
    for (const [own, shared] of [...held]) {
      if (ids.has(own)) continue;
      held.delete(own);
      this.drop(tab, own, shared);
    }
  }

  onFrame(text: string): void {
    const head = HEAD.exec(text);
    if (head === null) {
      if (text.startsWith('{"op":"hello"')) {
        this.state = 'open';
        this.hello = { text, at: this.now() };
      }
      for (const tab of [...this.tabs.keys()]) tab.frame(text);
      return;
    }
    const shared = this.byId.get(head[2]!);
    if (shared === undefined) return;
    if (head[1] === 'series' && shared.series.length < MAX_SERIES_FRAMES) shared.series.push(text);
    for (const [tab, own] of [...shared.users]) tab.frame(renamed(text, head[0], head[1]!, own));
  }

  onClosed(): void {
    const tabs = [...this.tabs.keys()];
    this.reset();
    this.tabs.clear();
    for (const tab of tabs) tab.closed();
  }

  private reset(): void {
    this.state = 'closed';
    this.hello = null;
    this.byMark.clear();
    this.byId.clear();
  }

  private share(tab: Listener, { id: own, series, rate }: Wanted): Shared {
    const mark = JSON.stringify([rate, series]);
    let shared = this.byMark.get(mark);
    if (shared?.users.has(tab)) shared = undefined;
    if (shared !== undefined) {
      shared.users.set(tab, own);
      for (const text of shared.series) {
        const head = HEAD.exec(text)!;
        tab.frame(renamed(text, head[0], head[1]!, own));
      }
      return shared;
    }
    this.serial += 1;
    shared = { id: `w${this.serial}`, mark, series: [], users: new Map([[tab, own]]) };
    this.byMark.set(mark, shared);
    this.byId.set(shared.id, shared);
    this.upstream.send(JSON.stringify({ op: 'subscribe', id: shared.id, series, rate }));
    return shared;
  }

  private drop(tab: Listener, own: string, shared: Shared): void {
    if (shared.users.get(tab) === own) shared.users.delete(tab);
    if (shared.users.size > 0 || !this.byId.delete(shared.id)) return;
    if (this.byMark.get(shared.mark) === shared) this.byMark.delete(shared.mark);
    this.upstream.send(JSON.stringify({ op: 'unsubscribe', id: shared.id }));
  }

  /** The device's time is that of the moment in which it is heard. */
  private aged({ text, at }: { readonly text: string; readonly at: number }): string {
    const hello = JSON.parse(text) as { time?: unknown };
    if (typeof hello.time !== 'number') return text;
    return JSON.stringify({ ...hello, time: hello.time + Math.round(this.now() - at) });
  }
}

function renamed(text: string, head: string, op: string, own: string): string {
  return `{"op":"${op}","id":${JSON.stringify(own)}${text.slice(head.length)}`;
}
