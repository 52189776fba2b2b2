// The page that makes itself: every series, by input and first word.

import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { ListedSeries } from '../app/app.ts';
import { spoken } from '../logic/series_key.ts';
import { t } from '../logic/texts.ts';
import { wallScale } from '../logic/wall_fit.ts';
import { useApp } from './context.ts';
import { EmptyState } from './empty_state.tsx';
import { NearPart, NEAR_PART as PART } from './near_part.tsx';
import { Tile } from './tile.tsx';
import { moveFocus } from './tile_focus.ts';
import './overview.css';

/** From so many series on, tiles far outside of the view are not made. */
const FAR_FROM = 300;
/** A screen that is narrower is held in a hand. */
const WALL_FROM = 1_000;

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

/** By input alone, with whole names: on a wall there is no room to lose beside words. */
function WallGroups() {
  const app = useApp();
  return (
    <>
      {app.groups.value.map((group) => (
        <section key={group.input} class="input-group">
          <h2 class="page-title">{group.input || t('Other')}</h2>
          <TileRows members={group.subGroups.flatMap(({ members }) => members)} word="" />
        </section>
      ))}
    </>
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

/** On a wall tiles are as large as all of them can be; 1: it is none, or they do not fit. */
function useWallScale(): number {
  const app = useApp();
  const [size, setSize] = useState([innerWidth, innerHeight] as const);
  useEffect(() => {
    const follow = () => setSize([innerWidth, innerHeight]);
    window.addEventListener('resize', follow);
    return () => window.removeEventListener('resize', follow);
  }, []);
  if (!app.router.kiosk.value || size[0] < WALL_FROM) return 1;
  return wallScale(
    app.groups.value.map(({ count }) => count),
    size[0],
    size[1],
  );
}

export function Overview() {
  const app = useApp();
  const loaded = app.loaded.value;
  const scale = useWallScale();
  useLayoutEffect(() => {
    if (loaded) app.router.restoreScroll();
  }, [loaded]);
  if (!loaded) return null;
  if (app.groups.value.length > 0) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the tiles inside are links; arrows only move between them
      <div
        class="overview"
        data-wall={scale > 1 ? '' : undefined}
        style={{ '--wall': scale }}
        onKeyDown={moveFocus}
      >
        {scale > 1 ? <WallGroups /> : <OverviewGroups />}
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
