// The page that makes itself: every series, by input and first word.
import { useLayoutEffect } from 'preact/hooks';
import { spoken } from '../logic/series_key.ts';
import { useApp } from './context.ts';
import { EmptyState } from './empty_state.tsx';
import { Tile } from './tile.tsx';
import { moveFocus } from './tile_focus.ts';
import './overview.css';

function OverviewGroups() {
  const app = useApp();
  return (
    <>
      {app.groups.value.map((group) => (
        <section key={group.input} class="input-group">
          <h2 class="page-title">
            {group.input || 'Other'} <span class="input-count">{group.count}</span>
          </h2>
          {group.subGroups.map((sub) => (
            <div key={sub.word} class="word-group">
              {(sub.word !== '' || group.subGroups.length > 1) && (
                <h3 class="word">{sub.word === '' ? 'More' : spoken(sub.word)}</h3>
              )}
              <div class="tiles">
                {sub.members.map((item) => (
                  <Tile key={item.key} entry={item.entry} word={sub.word} />
                ))}
              </div>
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
      No series has “{app.search.value.trim()}” in its name, labels, unit or input.
    </p>
  );
}
