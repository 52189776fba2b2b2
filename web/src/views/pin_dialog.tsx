// Puts a series on a dashboard: on one that is there, or on a new one. Loaded when somebody pins.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type DashboardFacts, fetchDashboard, fetchDashboards, saveDashboard } from '../api/dashboards.ts';
import type { Fields } from '../api/guard.ts';
import { Refused } from '../api/http.ts';
import { dashboardName } from '../logic/dashboard_name.ts';
import { dashboardWith, isPinned, panelFor, withPinned } from '../logic/pin.ts';
import { namedDashboard } from '../logic/route.ts';
import { t } from '../logic/texts.ts';
import { useApp } from './context.ts';
import { Dialog } from './dialog.tsx';

interface Props {
  readonly keys: readonly string[];
  readonly close: () => void;
}

export function PinDialog({ keys, close }: Props) {
  const app = useApp();
  const list = useSignal<readonly DashboardFacts[] | null>(null);
  const says = useSignal('');
  const name = useSignal('');
  const busy = useSignal(false);
  useEffect(() => {
    void fetchDashboards().then(
      (found) => {
        list.value = found.filter(({ writable, broken }) => writable && !broken);
      },
      (error: unknown) => {
        says.value = error instanceof Refused ? error.message : t('The device did not answer.');
      },
    );
  }, []);
  const panel = (): Fields => {
    const entry = app.entry(keys[0]!);
    return keys.length === 1 ? panelFor(keys[0]!, entry?.info.kind ?? 'gauge') : { y: [...keys] };
  };
  const done = (target: string) => {
    close();
    app.say(t('Pinned to {name}.', { name: target }), namedDashboard(target));
  };
  const pin = async (target: string, fresh: boolean) => {
    busy.value = true;
    const answer = await put(target, fresh, keys, panel()).catch((error: unknown) =>
      error instanceof Refused ? error.message : t('The device did not answer.'),
    );
    busy.value = false;
    if (answer === '') done(target);
    else says.value = answer;
  };
  const made = dashboardName(name.value);
  return (
    <Dialog label={t('Pin to a dashboard')} close={close} class="pin-dialog">
      <h2 class="page-title">{t('Pin to a dashboard')}</h2>
      <p class="muted pin-keys">{keys.join(', ')}</p>
      {says.value !== '' && <p role="alert">{says}</p>}
      <div class="pin-list">
        {list.value?.map(({ name: own, title }) => (
          <button
            key={own}
            type="button"
            class="button"
            disabled={busy.value}
            onClick={() => void pin(own, false)}
          >
            {title}
          </button>
        ))}
      </div>
      <form
        class="pin-new"
        onSubmit={(event) => {
          event.preventDefault();
          if (made !== '') void pin(made, true);
        }}
      >
        <input
          type="text"
          aria-label={t('Name of a new dashboard')}
          placeholder={t('New dashboard')}
          maxLength={64}
          autocomplete="off"
          spellcheck={false}
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="button button-main" disabled={made === '' || busy.value}>
          {t('Make it')}
        </button>
      </form>
    </Dialog>
  );
}

/** Empty when it is there; else why not. */
async function put(target: string, fresh: boolean, keys: readonly string[], panel: Fields): Promise<string> {
  if (fresh) return said(await saveDashboard(target, dashboardWith(target, panel), ''));
  const news = await fetchDashboard(target, '');
  if (news.is !== 'loaded') return t('The dashboard {name} is gone, or has mistakes.', { name: target });
  const { yaml, document, etag } = news.dashboard;
  if (keys.length === 1 && isPinned(document, keys[0]!)) return '';
  return said(await saveDashboard(target, withPinned(yaml, document, panel), etag));
}

function said(saved: Awaited<ReturnType<typeof saveDashboard>>): string {
  if (saved.is === 'saved') return '';
  return saved.is === 'broken' ? saved.report : saved.detail;
}
