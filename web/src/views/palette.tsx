// Everything that can be gone to or done, found by a few letters.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { fetchDashboards } from '../api/dashboards.ts';
import { USUAL_TURN } from '../logic/rotation.ts';
import { exploreRoute, namedDashboard, type Route } from '../logic/route.ts';
import { mark, t } from '../logic/texts.ts';
import { DEFAULT_RANGE } from '../logic/time_range.ts';
import { useApp } from './context.ts';
import { Dialog } from './dialog.tsx';

interface Choice {
  readonly name: string;
  readonly kind: string;
  readonly act: () => void;
}

const SHOWN = 40;
const THEME_WORDS = { auto: mark('As the system'), light: mark('Light'), dark: mark('Dark') } as const;

export function Palette({ close }: { readonly close: () => void }) {
  const app = useApp();
  const words = useSignal('');
  const at = useSignal(0);
  const dashboards = useSignal<readonly Choice[]>([]);
  const go = (route: Route) => () => {
    close();
    app.router.go(route);
  };
  useEffect(() => {
    void fetchDashboards().then(
      (list) => {
        dashboards.value = list.map(({ name, title }) => ({
          name: title,
          kind: t('dashboard'),
          act: go(namedDashboard(name)),
        }));
      },
      () => undefined,
    );
  }, []);
  const pages: readonly Choice[] = [
    { name: t('Overview'), kind: t('page'), act: go({ page: 'overview' }) },
    { name: t('Dashboards'), kind: t('page'), act: go({ page: 'dashboards' }) },
    { name: t('Explore'), kind: t('page'), act: go(exploreRoute([], DEFAULT_RANGE)) },
    { name: t('Inputs'), kind: t('page'), act: go({ page: 'inputs' }) },
    { name: t('Alarms'), kind: t('page'), act: go({ page: 'alarms' }) },
    { name: t('Add an input'), kind: t('page'), act: go({ page: 'new-input' }) },
    { name: t('Configuration'), kind: t('page'), act: go({ page: 'config' }) },
    { name: t('Log'), kind: t('page'), act: go({ page: 'log' }) },
    { name: t('Settings'), kind: t('page'), act: go({ page: 'settings' }) },
    {
      name: t('Kiosk: dashboards in turn'),
      kind: t('action'),
      act: () => {
        close();
        app.router.setKiosk(true, USUAL_TURN);
      },
    },
    {
      name: t('Kiosk'),
      kind: t('action'),
      act: () => {
        close();
        app.router.setKiosk(!app.router.kiosk.peek());
      },
    },
    ...(['light', 'dark', 'auto'] as const).map((theme) => ({
      name: `${t('Appearance')}: ${t(THEME_WORDS[theme])}`,
      kind: t('action'),
      act: () => {
        close();
        app.theme.choose(theme);
      },
    })),
  ];
  const series = app.catalogue().map(
    (info): Choice => ({
      name: info.title === '' ? info.key : `${info.title} (${info.key})`,
      kind: t('series'),
      act: go(exploreRoute([info.key], DEFAULT_RANGE)),
    }),
  );
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...dashboards.value, ...pages, ...series]
    .filter(({ name, kind }) => {
      const text = `${name} ${kind}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    })
    .slice(0, SHOWN);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') at.value = Math.min(found.length - 1, at.value + 1);
    else if (event.key === 'ArrowUp') at.value = Math.max(0, at.value - 1);
    else if (event.key === 'Enter') found[at.value]?.act();
    else return;
    event.preventDefault();
    document.getElementById(`palette-${at.value}`)?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <Dialog label={t('Find')} close={close} class="palette">
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette"
        aria-activedescendant={`palette-${at.value}`}
        aria-label={t('Find a page, a dashboard, a series')}
        placeholder={t('Go to …')}
        autocomplete="off"
        spellcheck={false}
        value={words.value}
        onInput={(event) => {
          words.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <div id="palette" role="listbox" aria-label={t('Found')} tabIndex={-1}>
        {found.map(({ name, kind, act }, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above
          <div
            key={`${kind} ${name}`}
            id={`palette-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at.value}
            onClick={act}
          >
            <span>{name}</span>
            <span class="muted">{kind}</span>
          </div>
        ))}
        {found.length === 0 && <p class="muted">{t('Nothing of that name.')}</p>}
      </div>
    </Dialog>
  );
}
