// The dashboards of the device.

import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { type DashboardFacts, fetchDashboards } from '../../api/dashboards.ts';
import { Refused } from '../../api/http.ts';
import { isDashboardName } from '../../logic/dashboard_name.ts';
import { namedDashboard } from '../../logic/route.ts';
import { t } from '../../logic/texts.ts';
import { useApp } from '../context.ts';
import { Link } from '../link.tsx';
import { usePoll } from '../poll.ts';
import { Snippet } from '../snippet.tsx';

const EVERY_MS = 2_000;

export function DashboardList() {
  const app = useApp();
  const list = useSignal<readonly DashboardFacts[] | null>(null);
  const problem = useSignal('');
  const name = useSignal('');
  useLayoutEffect(() => app.router.restoreScroll(), []);
  usePoll(EVERY_MS, async () => {
    try {
      list.value = await fetchDashboards();
      problem.value = '';
    } catch (error) {
      if (error instanceof Refused) problem.value = error.message;
    }
  });
  const example = app.catalogue().find(({ kind }) => kind === 'gauge')?.key ?? 'oven.temperature';
  return (
    <section class="dashboards">
      <h1 class="page-title">{t('Dashboards')}</h1>
      {problem.value !== '' && <p class="panel-note">{problem}</p>}
      <div class="dashboards-list">
        {list.value?.map(({ name: own, title, broken }) => (
          <Link key={own} to={namedDashboard(own)} class="dashboards-one card">
            <span class="dashboards-title">{title}</span>
            <span class="muted">{broken ? t('has mistakes') : `/d/${own}`}</span>
          </Link>
        ))}
      </div>
      <form
        class="dashboards-new"
        onSubmit={(event) => {
          event.preventDefault();
          if (isDashboardName(name.value)) app.router.go(namedDashboard(name.value));
        }}
      >
        <input
          type="text"
          aria-label={t('Name of a new dashboard')}
          placeholder={t('name')}
          maxLength={64}
          autocomplete="off"
          spellcheck={false}
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value.toLowerCase().replace(/[^a-z0-9_-]+/g, '-');
          }}
        />
        <button type="submit" class="button" disabled={!isDashboardName(name.value)}>
          {t('New dashboard')}
        </button>
      </form>
      {list.value?.length === 0 && (
        <>
          <p class="muted">
            {t(
              'There is none yet. One is a small file, dashboards/NAME.yaml beside telltale.yaml. It appears here a moment after it is saved:',
            )}
          </p>
          <Snippet
            text={`title: My first dashboard\npanels:\n  - {panel: stat, y: ${JSON.stringify(example)}}\n`}
          />
        </>
      )}
    </section>
  );
}
