// The dashboards of the device.
import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { type DashboardFacts, fetchDashboards } from '../../api/dashboards.ts';
import { Refused } from '../../api/http.ts';
import { useApp } from '../context.ts';
import { Link } from '../link.tsx';
import { usePoll } from '../poll.ts';
import { Snippet } from '../snippet.tsx';

const EVERY_MS = 2_000;

export const dashboardRoute = (name: string) =>
  ({ page: 'dashboard', name, range: null, tab: '', values: {} }) as const;

export function DashboardList() {
  const app = useApp();
  const list = useSignal<readonly DashboardFacts[] | null>(null);
  const problem = useSignal('');
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
      <h1 class="page-title">Dashboards</h1>
      {problem.value !== '' && <p class="panel-note">{problem}</p>}
      <div class="dashboards-list">
        {list.value?.map(({ name, title, broken }) => (
          <Link key={name} to={dashboardRoute(name)} class="dashboards-one card">
            <span class="dashboards-title">{title}</span>
            <span class="muted">{broken ? 'has mistakes' : `/d/${name}`}</span>
          </Link>
        ))}
      </div>
      {list.value?.length === 0 && (
        <>
          <p class="muted">
            There is none yet. One is a small file, <code>dashboards/NAME.yaml</code> beside{' '}
            <code>telltale.yaml</code>; it appears here a moment after it is saved:
          </p>
          <Snippet
            text={`title: My first dashboard\npanels:\n  - {panel: stat, y: ${JSON.stringify(example)}}\n`}
          />
        </>
      )}
    </section>
  );
}
