// The one owner of the page's state. Views read its signals and call its methods; nothing else changes anything.
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Alarm } from '../api/alarms.ts';
import type { Status } from '../api/device.ts';
import { fetchLatest, fetchSeries, fetchStatus, Refused } from '../api/http.ts';
import type { Latest, SeriesInfo } from '../api/wire.ts';
import type { AlarmMark } from '../logic/alarm_marks.ts';
import type { ConnectionState } from '../logic/connection.ts';
import { type Group, groupSeries } from '../logic/grouping.ts';
import { PACE, Pace } from '../logic/pace.ts';
import type { Route } from '../logic/route.ts';
import { makeFilter } from '../logic/search.ts';
import { splitStat } from '../logic/selector.ts';
import { SeriesEntry, SeriesStore } from '../logic/series_store.ts';
import { DeviceClock } from './device_clock.ts';
import { LiveClient } from './live_client.ts';
import { Router } from './router.ts';
import { SparkLoader } from './spark_loader.ts';
import { ThemeChoice } from './theme.ts';
import { TileModel } from './tile_model.ts';
import { reloadWhenOutdated } from './version_guard.ts';
import { ScreenWake } from './wake_lock.ts';

declare const TELLTALE_VERSION: string;

export interface ListedSeries {
  readonly key: string;
  readonly input: string;
  readonly entry: SeriesEntry;
}

/** Up to so many series everything is subscribed; beyond, only what is seen. */
const SUBSCRIBE_ALL_UP_TO = 200;
/** What one subscription may list. */
const MAX_SELECTORS = 256;
/** Of what charts follow; further series are drawn from history alone. */
const MAX_FOLLOWED_PARTS = 8;
const OVERVIEW_RATE = 10;
const FOLLOW_RATE = 20;
const FOLLOW_SETTLE_MS = 20;
const STATUS_EVERY_MS = 3_000;
const CATALOGUE_EVERY_MS = 60_000;
/** Between two paints of a page that does not keep up. */
export const SLOW_FRAME_MS = 400;
const VISIBLE_SETTLE_MS = 150;

export interface Notice {
  readonly text: string;
  /** Where to see it. */
  readonly to: Route | null;
}

export type ReadingListener = (reading: Latest) => void;

export class App {
  readonly router = new Router();
  readonly theme = new ThemeChoice();
  readonly clock = new DeviceClock();
  readonly wake = new ScreenWake();
  readonly store = new SeriesStore();
  /** This machine does not keep up: the page draws less often. */
  readonly slow: Signal<boolean> = signal(false);
  readonly connection: Signal<ConnectionState> = signal('reconnecting');
  readonly status: Signal<Status | null> = signal(null);
  /** Why the device does not answer as it should; empty when it does. */
  readonly problem: Signal<string> = signal('');
  /** The device wants to know who is there before it says anything. */
  readonly locked: Signal<boolean> = signal(false);
  readonly loaded: Signal<boolean> = signal(false);
  readonly search: Signal<string> = signal('');
  /** What was just done, until it has been read. */
  readonly notice: Signal<Notice | null> = signal(null);
  /** Series that somebody is about to pin to a dashboard; null: nobody. */
  readonly pinning: Signal<readonly string[] | null> = signal(null);
  /** Series that somebody is about to make an alarm of; null: nobody. */
  readonly alarming: Signal<readonly string[] | null> = signal(null);
  /** As the device last said. */
  readonly alarms: Signal<readonly Alarm[]> = signal([]);
  /** By key of a series: the gravest alarm that is about it. */
  readonly alarmMarks: Signal<ReadonlyMap<string, AlarmMark>> = signal(new Map());
  /** Grows each second: ages and sparklines follow it. */
  readonly second: Signal<number> = signal(0);
  /** Grows with each connection: what shows history fetches it again. */
  readonly session: Signal<number> = signal(0);
  readonly groups: ReadonlySignal<Group<ListedSeries>[]>;

  private readonly pace = new Pace();
  private readonly generation = signal(0);
  private readonly live: LiveClient;
  private readonly sparks: SparkLoader;
  private readonly tiles = new Map<SeriesEntry, TileModel>();
  /** What is in view, and how often: a page may show a series twice. */
  private readonly visible = new Map<string, number>();
  private readonly listeners = new Map<string, Set<ReadingListener>>();
  private readonly statistics = new Map<string, SeriesEntry>();
  private followTimer: ReturnType<typeof setTimeout> | undefined;
  private frameAsked = false;
  private visibleTimer: ReturnType<typeof setTimeout> | undefined;
  private catalogueAt = 0;
  private catalogueBusy = false;

  constructor() {
    this.groups = computed(() => {
      this.generation.value;
      const matches = makeFilter(this.search.value);
      const listed: ListedSeries[] = [];
      for (const entry of this.store.all()) {
        if (matches(entry.info)) listed.push({ key: entry.info.key, input: entry.info.input, entry });
      }
      return groupSeries(listed);
    });
    this.sparks = new SparkLoader(this.store, (entry) => {
      this.tiles.get(entry)?.refresh(this.clock.now());
      this.tiles.get(entry)?.redraw();
    });
    this.live = new LiveClient(location, {
      onState: (state) => {
        this.connection.value = state;
      },
      onHello: (version, serverTime) => this.onHello(version, serverTime),
      onSeries: (series) => {
        if (!this.loaded.value) return;
        for (const { info } of series) if (splitStat(info.key).stat === '') this.store.declare(info);
        this.generation.value = this.store.generation;
      },
      onReadings: (readings) => this.onReadings(readings),
      onGap: () => {
        this.session.value += 1;
      },
    });
  }

  start(): void {
    void this.loadCatalogue();
    void this.loadStatus();
    this.live.start();
    setInterval(() => this.onSecond(), 1_000);
    setInterval(() => this.onLook(), PACE.everyMs);
    setInterval(() => void this.loadStatus(), STATUS_EVERY_MS);
    const hurry = () => {
      if (document.visibilityState === 'visible') this.live.hurry();
    };
    document.addEventListener('visibilitychange', hurry);
    window.addEventListener('online', hurry);
    window.addEventListener('pageshow', hurry);
  }

  /** A series by its key; a view that asks is drawn again when the catalogue changes. */
  entry(key: string): SeriesEntry | undefined {
    this.generation.value;
    return this.store.get(key);
  }

  /** The model of a tile, made when it is first shown. */
  tile(entry: SeriesEntry): TileModel {
    let model = this.tiles.get(entry);
    if (model === undefined) {
      model = new TileModel(entry);
      this.tiles.set(entry, model);
      model.refresh(this.clock.now());
    }
    return model;
  }

  say(text: string, to: Route | null = null): void {
    this.notice.value = { text, to };
  }

  pin(keys: readonly string[]): void {
    this.pinning.value = keys;
  }

  alarmOn(keys: readonly string[]): void {
    this.alarming.value = keys;
  }

  setVisible(entry: SeriesEntry, visible: boolean): void {
    const times = (this.visible.get(entry.info.key) ?? 0) + (visible ? 1 : -1);
    if (times > 0) this.visible.set(entry.info.key, times);
    else this.visible.delete(entry.info.key);
    if (visible) {
      this.sparks.ask(entry);
      this.tiles.get(entry)?.refresh(this.clock.now());
    }
    this.visibleTimer ??= setTimeout(() => {
      this.visibleTimer = undefined;
      this.subscribe();
    }, VISIBLE_SETTLE_MS);
  }

  /** Every reading of one series (or of a statistic of it), as it comes, until the returned function is called. */
  follow(key: string, listener: ReadingListener): () => void {
    const set = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, set);
    set.add(listener);
    this.followSoon();
    return () => {
      set.delete(listener);
      if (set.size > 0) return;
      this.listeners.delete(key);
      this.followSoon();
    };
  }

  /** A statistic of a sliding window, `mean_1m`, as a series of its own: known from its first live value on. */
  statistic(entry: SeriesEntry, stat: string): SeriesEntry {
    const key = `${entry.info.key}@${stat}`;
    let made = this.statistics.get(key);
    if (made?.info.unit !== entry.info.unit) made = undefined;
    if (made === undefined) {
      made = new SeriesEntry({ ...entry.info, key, kind: 'gauge', states: [], decimals: null });
      this.statistics.set(key, made);
    }
    return made;
  }

  /** Keeps a statistic's value up to date until the returned function is called. */
  followStatistic(entry: SeriesEntry): () => void {
    return this.follow(entry.info.key, ({ time, value, quality }) => {
      if (entry.apply(time, value, quality)) this.tile(entry).refresh(this.clock.now());
    });
  }

  /** All series in the order of the device; who asks is drawn again when the catalogue changes. */
  catalogue(): SeriesInfo[] {
    this.generation.value;
    return [...this.store.all()].map(({ info }) => info);
  }

  /** What is followed changes in bursts, as pages come and go: one subscription for all of it, a moment later. */
  private followSoon(): void {
    this.followTimer ??= setTimeout(() => {
      this.followTimer = undefined;
      const keys = [...this.listeners.keys()].sort();
      for (let part = 0; part < MAX_FOLLOWED_PARTS; part += 1) {
        this.live.want(
          `charts-${part}`,
          keys.slice(part * MAX_SELECTORS, (part + 1) * MAX_SELECTORS),
          FOLLOW_RATE,
        );
      }
    }, FOLLOW_SETTLE_MS);
  }

  private subscribe(): void {
    const all = this.store.size <= SUBSCRIBE_ALL_UP_TO || this.visible.size > MAX_SELECTORS;
    const keys = all ? ['*'] : [...this.visible.keys()].sort();
    this.live.want('overview', keys, OVERVIEW_RATE);
  }

  private onHello(version: string, serverTime: number): void {
    reloadWhenOutdated(version, TELLTALE_VERSION);
    this.clock.set(serverTime);
    if (this.session.value > 0) this.sparks.forget();
    this.session.value += 1;
    void this.loadCatalogue();
    void this.loadStatus();
  }

  private onReadings(readings: readonly Latest[]): void {
    for (const reading of readings) {
      this.store.apply(reading);
      const listeners = this.listeners.get(reading.key);
      if (listeners !== undefined) for (const listener of listeners) listener(reading);
    }
    if (this.frameAsked) return;
    this.frameAsked = true;
    if (this.slow.peek()) setTimeout(() => requestAnimationFrame(() => this.onFrame()), SLOW_FRAME_MS);
    else requestAnimationFrame(() => this.onFrame());
  }

  private onFrame(): void {
    this.frameAsked = false;
    const now = this.clock.now();
    batch(() => {
      for (const entry of this.store.takeDirty()) {
        const { key } = entry.info;
        const seen = this.visible.has(key) || this.listeners.has(key) || !this.loaded.value;
        if (seen) this.tiles.get(entry)?.refresh(now);
      }
    });
  }

  private onLook(): void {
    this.slow.value = this.pace.look(performance.now(), document.visibilityState === 'visible');
  }

  private onSecond(): void {
    if (document.visibilityState !== 'visible') return;
    const now = this.clock.now();
    batch(() => {
      this.second.value += 1;
      for (const key of this.visible.keys()) {
        const entry = this.store.get(key);
        const model = entry === undefined ? undefined : this.tiles.get(entry);
        model?.refreshAge(now);
        model?.redraw();
        if (entry !== undefined) this.sparks.ask(entry);
      }
    });
  }

  private async loadCatalogue(): Promise<void> {
    if (this.catalogueBusy) return;
    this.catalogueBusy = true;
    try {
      const [series, latest] = await Promise.all([fetchSeries(), fetchLatest()]);
      this.catalogueAt = performance.now();
      batch(() => {
        this.store.replaceAll(series);
        for (const item of latest) this.store.apply(item);
        for (const entry of this.store.takeDirty()) this.tiles.get(entry)?.refresh(this.clock.now());
        if (this.generation.value !== this.store.generation) this.forgetGone();
        this.generation.value = this.store.generation;
        this.loaded.value = true;
        this.problem.value = '';
      });
      this.subscribe();
    } catch (error) {
      this.complain(error);
    } finally {
      this.catalogueBusy = false;
    }
  }

  private forgetGone(): void {
    for (const entry of this.tiles.keys()) {
      const { key } = entry.info;
      if (this.store.get(key) !== entry && this.statistics.get(key) !== entry) this.tiles.delete(entry);
    }
  }

  private async loadStatus(): Promise<void> {
    if (document.visibilityState !== 'visible') return;
    try {
      const status = await fetchStatus();
      // What was uncertain until now has been corrected: what is drawn is fetched again.
      if (this.status.peek()?.synchronised === false && status.synchronised === true) this.session.value += 1;
      this.status.value = status;
      this.router.zone.learn(status.zone);
      this.problem.value = '';
      const more = status.series !== null && status.series !== this.store.size;
      const old = performance.now() - this.catalogueAt > CATALOGUE_EVERY_MS;
      if (more || old || !this.loaded.value) await this.loadCatalogue();
    } catch (error) {
      this.complain(error);
    }
  }

  /** A refusal is shown in the device's words; a lost request is the connection's business. */
  private complain(error: unknown): void {
    if (error instanceof Refused) {
      this.problem.value = error.message;
      if (error.status === 401) this.locked.value = true;
    } else this.live.suspect();
  }
}
