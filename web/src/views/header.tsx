// Who this is, whether it lives, where one can go.

import { exploreRoute, type Route } from '../logic/route.ts';
import { mark, t } from '../logic/texts.ts';
import { DEFAULT_RANGE } from '../logic/time_range.ts';
import { Connection } from './connection.tsx';
import { useApp } from './context.ts';
import { Link } from './link.tsx';
import { SearchBox } from './search_box.tsx';
import './header.css';

const PLACES: readonly (readonly [string, Route])[] = [
  [mark('Overview'), { page: 'overview' }],
  [mark('Dashboards'), { page: 'dashboards' }],
  [mark('Explore'), exploreRoute([], DEFAULT_RANGE)],
  [mark('Inputs'), { page: 'inputs' }],
  [mark('Alarms'), { page: 'alarms' }],
  [mark('Settings'), { page: 'settings' }],
];

export function Header() {
  const app = useApp();
  const { page } = app.router.route.value;
  const status = app.status.value;
  const here =
    page === 'dashboard'
      ? 'dashboards'
      : page === 'config' || page === 'log'
        ? 'settings'
        : page === 'new-input'
          ? 'inputs'
          : page;
  return (
    <header class="header">
      <div class="header-row">
        <Link to={{ page: 'overview' }} class="header-device">
          <svg class="header-mark" viewBox="0 0 24 24" aria-hidden="true">
            <path d="M5 3v18" />
            <path d="M5 6c5-3 8 3 14 0v7c-6 3-9-3-14 0" />
          </svg>
          <span class="header-name">{status?.device || 'Telltale'}</span>
          {status !== null && status.site !== '' && <span class="header-site">{status.site}</span>}
        </Link>
        {page === 'overview' && <SearchBox />}
        <Connection />
        {status?.synchronised === false && (
          <span
            class="header-clock"
            title={t("Times are those of the device's own clock, which nothing has set yet")}
          >
            {t('Clock not synchronised')}
          </span>
        )}
        {app.slow.value && (
          <span class="header-clock" title={t('This machine does not keep up with all that is shown')}>
            {t('Slow: fewer frames')}
          </span>
        )}
        <nav class="header-places">
          {PLACES.map(([name, route]) => (
            <Link key={name} to={route} aria-current={route.page === here ? 'page' : undefined}>
              {t(name)}
            </Link>
          ))}
        </nav>
      </div>
    </header>
  );
}
