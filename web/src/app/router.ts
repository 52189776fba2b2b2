// Where the page is: the route as a signal, kept in the address bar; each entry of the history remembers how far
// it was scrolled.
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { BASE } from '../api/base.ts';
import { readTurn, type Turn, turnToQuery } from '../logic/rotation.ts';
import { formatRoute, parseRoute, type Route } from '../logic/route.ts';

interface Entry {
  readonly scroll?: number;
  /** The page itself put an entry before this one, so that Back stays inside. */
  readonly inside?: boolean;
}

function here(): Route {
  const path = location.pathname;
  return parseRoute(path.startsWith(`${BASE}/`) ? path.slice(BASE.length) : path, location.search);
}

export class Router {
  private readonly current = signal<Route>(here());
  private restoreTo = 0;
  /** Only the page itself, for a wall: no header, no pointer. Stays in the address. */
  readonly kiosk: Signal<boolean> = signal(new URLSearchParams(location.search).has('kiosk'));

  /** Dashboards in turn; null: what is shown stays. In the address too. */
  readonly rotation: Signal<Turn | null> = signal(readTurn(new URLSearchParams(location.search)));

  constructor() {
    history.scrollRestoration = 'manual';
    window.addEventListener('popstate', () => {
      this.restoreTo = this.entry().scroll ?? 0;
      this.current.value = here();
    });
  }

  get route(): ReadonlySignal<Route> {
    return this.current;
  }

  go(route: Route): void {
    history.replaceState({ ...this.entry(), scroll: window.scrollY }, '');
    history.pushState({ inside: true } satisfies Entry, '', this.address(route));
    this.restoreTo = 0;
    this.current.value = route;
  }

  /** The same page, otherwise: a range that moves makes no entry of its own. */
  amend(route: Route): void {
    history.replaceState(this.entry(), '', this.address(route));
    this.current.value = route;
  }

  /** The next one of a wall: it leaves no trace in the history, a wall runs for months. */
  turnTo(route: Route): void {
    this.restoreTo = 0;
    this.amend(route);
  }

  /** Where it came from, or the overview when the link was opened from outside. */
  back(): void {
    if (this.entry().inside === true) history.back();
    else this.go({ page: 'overview' });
  }

  /** Called by a page once it stands. */
  restoreScroll(): void {
    window.scrollTo(0, this.restoreTo);
  }

  setKiosk(on: boolean, turn: Turn | null = null): void {
    this.kiosk.value = on;
    this.rotation.value = on ? turn : null;
    this.amend(this.current.peek());
  }

  private address(route: Route): string {
    const address = BASE + formatRoute(route);
    if (!this.kiosk.peek()) return address;
    const turn = this.rotation.peek();
    const kiosk = turn === null ? 'kiosk' : `kiosk&${turnToQuery(turn)}`;
    return `${address}${address.includes('?') ? '&' : '?'}${kiosk}`;
  }

  private entry(): Entry {
    return typeof history.state === 'object' && history.state !== null ? (history.state as Entry) : {};
  }
}
