// Where the page is: the route as a signal, kept in the address bar; each entry of the history remembers how far
// it was scrolled.
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { BASE } from '../api/base.ts';
import { readTurn, type Turn, turnToQuery } from '../logic/rotation.ts';
import { formatRoute, parseRoute, type Route } from '../logic/route.ts';
import { readZoneSource, ZoneChoice, type ZoneSource } from './zone_choice.ts';

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

  /** In the address of what shows times. */
  readonly zone = new ZoneChoice(readZoneSource(new URLSearchParams(location.search)));

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

  /** The choice is remembered, and stands in the address. */
  chooseZone(source: ZoneSource): void {
    this.zone.choose(source);
    this.amend(this.current.peek());
  }

  private address(route: Route): string {
    const address = BASE + formatRoute(route);
    const more: string[] = [];
    const timed = route.page === 'explore' || route.page === 'dashboard';
    if (timed && this.zone.choice.peek() === 'device') more.push('tz=device');
    const turn = this.rotation.peek();
    if (this.kiosk.peek()) more.push('kiosk', ...(turn === null ? [] : [turnToQuery(turn)]));
    if (more.length === 0) return address;
    return `${address}${address.includes('?') ? '&' : '?'}${more.join('&')}`;
  }

  private entry(): Entry {
    return typeof history.state === 'object' && history.state !== null ? (history.state as Entry) : {};
  }
}
