// What the device says of itself, and how the page looks.

import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import type { Status, StorageNumbers } from '../api/device.ts';
import { fetchStorage } from '../api/http.ts';
import { chooseLanguage, chosenLanguage, type LanguageChoice } from '../app/language.ts';
import type { Theme } from '../app/theme.ts';
import { formatLasting } from '../logic/freshness.ts';
import { formatFixed, NumberStyle } from '../logic/number_format.ts';
import { LANGUAGES, mark, t } from '../logic/texts.ts';
import { dateTimeLabel } from '../logic/time_label.ts';
import { Account } from './account.tsx';
import { useApp } from './context.ts';
import { Link } from './link.tsx';
import { usePoll } from './poll.ts';
import './settings.css';

const THEMES: readonly (readonly [Theme, string])[] = [
  ['auto', mark('As the system')],
  ['light', mark('Light')],
  ['dark', mark('Dark')],
];
const EVERY_MS = 5_000;

declare const TELLTALE_VERSION: string;

type Fact = readonly [string, string];

function bytes(count: number): string {
  const { number, unit } = new NumberStyle('B').format(count);
  return `${number} ${unit}`;
}

const DAY_MS = 86_400_000;
const TELLING_FROM = 1_000_000;
/** Before so long nothing can be said of a pace. */
const PACE_FROM_MS = 3_600_000;

/** What is to come, if it goes on as it has: how long the budget lasts, what a day costs the card. */
function paceFacts(storage: StorageNumbers, now: number, startedAt: number | null): Fact[] {
  const facts: Fact[] = [];
  const kept = storage.oldest === null ? 0 : now - storage.oldest;
  if (storage.budget > 0 && storage.bytes > 0 && kept > PACE_FROM_MS)
    facts.push([t('Room for, at this pace'), formatLasting((storage.budget / storage.bytes) * kept)]);
  const runs = startedAt === null ? 0 : now - startedAt;
  if (runs > PACE_FROM_MS)
    facts.push([t('Written a day, at this pace'), bytes((storage.writtenBytes / runs) * DAY_MS)]);
  return facts;
}

function storageFacts(storage: StorageNumbers | null, now: number, startedAt: number | null): Fact[] {
  if (storage === null) return [];
  return [
    [t('Kept on the device'), bytes(storage.bytes)],
    [t('Budget'), storage.budget > 0 ? bytes(storage.budget) : t('none')],
    [t('Readings kept'), formatFixed(storage.samples, 0)],
    // Of few readings it says what an empty history takes.
    [
      t('Bytes per reading'),
      storage.samples >= TELLING_FROM ? formatFixed(storage.bytes / storage.samples, 2) : '–',
    ],
    [t('Written since the start'), bytes(storage.writtenBytes)],
    [t('Goes back'), storage.oldest === null ? '–' : formatLasting(now - storage.oldest)],
    ...paceFacts(storage, now, startedAt),
  ];
}

/** What the package and the program's own file say; nobody is asked over the network. */
function packageFacts(status: Status | null): Fact[] {
  if (status === null) return [];
  const facts: Fact[] = [[t('Page'), TELLTALE_VERSION]];
  const { version, restart } = status.installed;
  facts.push([t('Installed package'), version === '' ? t('none') : version]);
  if (restart) facts.push([t('Update'), t('installed: it runs after a restart of the service')]);
  return facts;
}

export function Settings() {
  const app = useApp();
  const storage = useSignal<StorageNumbers | null>(null);
  useLayoutEffect(() => app.router.restoreScroll(), []);
  usePoll(EVERY_MS, async () => {
    storage.value = await fetchStorage();
  });
  app.second.value;
  const now = app.clock.now();
  const status = app.status.value;
  const clock = status?.synchronised;
  return (
    <section class="settings">
      <h1 class="page-title">{t('Settings')}</h1>
      <Block
        name={t('Device')}
        facts={[
          [t('Name'), status?.device || '–'],
          [t('Version'), status?.version || '–'],
          ...packageFacts(status),
          [t('Runs for'), status?.startedAt == null ? '–' : formatLasting(now - status.startedAt)],
          [t('Clock'), dateTimeLabel(now)],
          [t('Time zone'), status?.zone.replaceAll('_', ' ') || '–'],
          [
            t('Clock synchronised'),
            clock == null ? '–' : clock ? t('yes') : t('no: readings are marked uncertain'),
          ],
        ]}
      />
      <Account />
      <Block name={t('Storage')} facts={storageFacts(storage.value, now, status?.startedAt ?? null)} />
      <section class="settings-block card">
        <h2 class="settings-name">{t('Configuration')}</h2>
        <Link to={{ page: 'config' }} class="button settings-config">
          {t('Edit telltale.yaml')}
        </Link>
        <Link to={{ page: 'log' }} class="button settings-config">
          {t('Read the log')}
        </Link>
      </section>
      <section class="settings-block card">
        <h2 class="settings-name">{t('Language')}</h2>
        <select
          class="settings-select"
          aria-label={t('Language')}
          value={chosenLanguage()}
          onChange={(event) => chooseLanguage(event.currentTarget.value as LanguageChoice)}
        >
          <option value="auto">{t('As the browser')}</option>
          {LANGUAGES.map(([language, name]) => (
            <option key={language} value={language} lang={language}>
              {name}
            </option>
          ))}
        </select>
      </section>
      <section class="settings-block card">
        <h2 class="settings-name">{t('Appearance')}</h2>
        <div class="settings-themes" role="radiogroup" aria-label={t('Appearance')}>
          {THEMES.map(([theme, name]) => (
            <label key={theme}>
              <input
                type="radio"
                name="theme"
                checked={app.theme.choice.value === theme}
                onChange={() => app.theme.choose(theme)}
              />
              {t(name)}
            </label>
          ))}
        </div>
      </section>
    </section>
  );
}

function Block({ name, facts }: { readonly name: string; readonly facts: readonly Fact[] }) {
  if (facts.length === 0) return null;
  return (
    <section class="settings-block card">
      <h2 class="settings-name">{name}</h2>
      <dl>
        {facts.map(([fact, value]) => (
          <div key={fact}>
            <dt>{fact}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
