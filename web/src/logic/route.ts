// Addresses of the page and back.
import { type Comparison, readComparison } from './compare.ts';
import { MOST_BANDS, parseBand } from './percentiles.ts';
import { rangeFromQuery, rangeToQuery, type TimeRange } from './time_range.ts';

export type Route =
  | { readonly page: 'overview' }
  | {
      readonly page: 'explore';
      readonly series: readonly string[];
      readonly range: TimeRange;
      /** `mean_1m`: sliding statistics over the lines. */
      readonly overlays: readonly string[];
      /** `p5-p95`: bands between percentiles. */
      readonly bands?: readonly string[];
      readonly compare?: Comparison;
    }
  | { readonly page: 'dashboards' }
  | {
      readonly page: 'dashboard';
      readonly name: string;
      /** Null: what the dashboard says. */
      readonly range: TimeRange | null;
      readonly tab: string;
      readonly values: Readonly<Record<string, string>>;
      readonly compare?: Comparison;
    }
  | { readonly page: 'alarms' }
  | { readonly page: 'inputs' }
  | { readonly page: 'new-input' }
  | { readonly page: 'config' }
  | { readonly page: 'log' }
  | { readonly page: 'settings' }
  | { readonly page: 'missing'; readonly path: string };

/** One chart shows at most so many series; a longer link is cut. */
export const MAX_CHART_SERIES = 12;
const MAX_OVERLAYS = 4;

/** The chart of some series. */
export function exploreRoute(series: readonly string[], range: TimeRange): Route {
  return { page: 'explore', series, range, overlays: [] };
}

/** A dashboard as it stands by itself. */
export function namedDashboard(name: string): Route {
  return { page: 'dashboard', name, range: null, tab: '', values: {} };
}

export function parseRoute(path: string, search: string): Route {
  const dashboard = /^\/d\/([^/]+)\/?$/.exec(path);
  if (dashboard !== null) return dashboardRoute(dashboard[1]!, new URLSearchParams(search));
  const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path;
  switch (trimmed === '' ? '/' : trimmed) {
    case '/':
    case '/index.html':
      return { page: 'overview' };
    case '/explore': {
      const query = new URLSearchParams(search);
      const series = [...new Set(query.getAll('series').filter((key) => key.length > 0))];
      return {
        page: 'explore',
        series: series.slice(0, MAX_CHART_SERIES),
        range: rangeFromQuery(query),
        overlays: query.getAll('overlay').slice(0, MAX_OVERLAYS),
        ...bandsOf(query),
        ...comparisonOf(query),
      };
    }
    case '/d':
      return { page: 'dashboards' };
    case '/alarms':
      return { page: 'alarms' };
    case '/inputs':
      return { page: 'inputs' };
    case '/inputs/new':
      return { page: 'new-input' };
    case '/settings/config':
      return { page: 'config' };
    case '/settings/log':
      return { page: 'log' };
    case '/settings':
      return { page: 'settings' };
    default:
      return { page: 'missing', path };
  }
}

/** Only where there are some. */
function bandsOf(query: URLSearchParams): { bands?: readonly string[] } {
  const bands = query.getAll('band').filter((text) => parseBand(text) !== null);
  return bands.length === 0 ? {} : { bands: bands.slice(0, MOST_BANDS) };
}

/** Only where something is compared. */
function comparisonOf(query: URLSearchParams): { compare?: Comparison } {
  const compare = readComparison(query.get('compare'));
  return compare === '' ? {} : { compare };
}

const VARIABLE = 'var-';

function dashboardRoute(name: string, query: URLSearchParams): Route {
  const values: Record<string, string> = {};
  for (const [key, value] of query) if (key.startsWith(VARIABLE)) values[key.slice(VARIABLE.length)] = value;
  const hasRange = query.has('range') || query.has('from');
  let decoded = name;
  try {
    decoded = decodeURIComponent(name);
  } catch {
    // Shown as it is: the device has none of that name.
  }
  return {
    page: 'dashboard',
    name: decoded,
    range: hasRange ? rangeFromQuery(query) : null,
    tab: query.get('tab') ?? '',
    values,
    ...comparisonOf(query),
  };
}

function formatDashboard(route: Extract<Route, { page: 'dashboard' }>): string {
  const parts = Object.entries(route.values).map(
    ([name, value]) => `${VARIABLE}${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  if (route.tab !== '') parts.push(`tab=${encodeURIComponent(route.tab)}`);
  if (route.range !== null) parts.push(rangeToQuery(route.range));
  if (route.compare) parts.push(`compare=${route.compare}`);
  return `/d/${encodeURIComponent(route.name)}${parts.length > 0 ? `?${parts.join('&')}` : ''}`;
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'overview':
      return '/';
    case 'explore': {
      const parts = route.series.map((key) => `series=${encodeURIComponent(key)}`);
      for (const overlay of route.overlays) parts.push(`overlay=${encodeURIComponent(overlay)}`);
      for (const band of route.bands ?? []) parts.push(`band=${encodeURIComponent(band)}`);
      parts.push(rangeToQuery(route.range));
      if (route.compare) parts.push(`compare=${route.compare}`);
      return `/explore?${parts.join('&')}`;
    }
    case 'dashboards':
      return '/d';
    case 'dashboard':
      return formatDashboard(route);
    case 'new-input':
      return '/inputs/new';
    case 'config':
      return '/settings/config';
    case 'log':
      return '/settings/log';
    case 'missing':
      return route.path;
    default:
      return `/${route.page}`;
  }
}
