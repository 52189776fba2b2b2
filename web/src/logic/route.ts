// Addresses of the page and back.
import { rangeFromQuery, rangeToQuery, type TimeRange } from './time_range.ts';

export type Route =
  | { readonly page: 'overview' }
  | { readonly page: 'explore'; readonly series: readonly string[]; readonly range: TimeRange }
  | { readonly page: 'inputs' }
  | { readonly page: 'settings' }
  | { readonly page: 'missing'; readonly path: string };

/** One chart shows at most so many series; a longer link is cut. */
export const MAX_CHART_SERIES = 12;

export function parseRoute(path: string, search: string): Route {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path;
  switch (trimmed === '' ? '/' : trimmed) {
    case '/':
    case '/index.html':
      return { page: 'overview' };
    case '/explore': {
      const query = new URLSearchParams(search);
      const series = [...new Set(query.getAll('series').filter((key) => key.length > 0))];
      if (series.length === 0) return { page: 'overview' };
      return { page: 'explore', series: series.slice(0, MAX_CHART_SERIES), range: rangeFromQuery(query) };
    }
    case '/inputs':
      return { page: 'inputs' };
    case '/settings':
      return { page: 'settings' };
    default:
      return { page: 'missing', path };
  }
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'overview':
      return '/';
    case 'explore': {
      const series = route.series.map((key) => `series=${encodeURIComponent(key)}`).join('&');
      return `/explore?${series}&${rangeToQuery(route.range)}`;
    }
    case 'missing':
      return route.path;
    default:
      return `/${route.page}`;
  }
}
