// The page that makes itself: every series, by input and first word.

import { useLayoutEffect } from 'preact/hooks';
import type { ListedSeries } from '../app/app.ts';
import { spoken } from '../logic/series_key.ts';
import { t } from '../logic/texts.ts';
import { useApp } from './context.ts';
import { EmptyState } from './empty_state.tsx';
import { NearPart, NEAR_PART as PART } from './near_part.tsx';
import { Tile } from './tile.tsx';
import { moveFocus } from './tile_focus.ts';
import './overview.css';

/** From so many series on, tiles far outside of the view are not made. */
const FAR_FROM = 300;

interface TilesProps {
  readonly members: readonly ListedSeries[];
  readonly word: string;
  readonly whole: boolean;
}

function Tiles({ members, word, whole }: TilesProps) {
  if (whole) return <TileRows members={members} word={word} />;
  const parts = Array.from({ length: Math.ceil(members.length / PART) }, (_, i) =>
    members.slice(i * PART, (i + 1) * PART),
  );
  return (
    <div class="tile-parts">
      {parts.map((part) => (
        <NearPart key={part[0]!.key} count={part.length}>
          {() => <TileRows members={part} word={word} />}
        </NearPart>
      ))}
    </div>
  );
}

function TileRows({ members, word }: Omit<TilesProps, 'whole'>) {
  return (
    <div class="tiles">
      {members.map((item) => (
        <Tile key={item.key} entry={item.entry} word={word} />
      ))}
    </div>
  );
}

function OverviewGroups() {
  const app = useApp();
  const whole = app.groups.value.reduce((sum, group) => sum + group.count, 0) < FAR_FROM;
  return (
    <>
      {app.groups.value.map((group) => (
        <section key={group.input} class="input-group">
          <h2 class="page-title">
            {group.input || t('Other')} <span class="input-count">{group.count}</span>
          </h2>
          {group.subGroups.map((sub) => (
            <div key={sub.word} class="word-group">
              {(sub.word !== '' || group.subGroups.length > 1) && (
                <h3 class="word">{sub.word === '' ? t('More') : spoken(sub.word)}</h3>
              )}
              <Tiles members={sub.members} word={sub.word} whole={whole} />
            </div>
          ))}
        </section>
      ))}
    </>
  );
}

export function Overview() {
  const app = useApp();
  const loaded = app.loaded.value;
  useLayoutEffect(() => {
    if (loaded) app.router.restoreScroll();
  }, [loaded]);
  if (!loaded) return null;
  if (app.groups.value.length > 0) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the tiles inside are links; arrows only move between them
      <div class="overview" onKeyDown={moveFocus}>
        <OverviewGroups />
      </div>
    );
  }
  if (app.search.value.trim() === '') return <EmptyState />;
  return (
    <p class="muted no-match">
      {t('No series has “{words}” in its name, labels, unit or input.', { words: app.search.value.trim() })}
    </p>
  );
}
