// One panel: its frame with title, and what its kind shows.

import type { ComponentType } from 'preact';
import type { ExploreState } from '../../app/explore_state.ts';
import type { ShownPanel } from '../../logic/dashboard_expand.ts';
import { lineLabels } from '../../logic/line_label.ts';
import { exploreRoute, MAX_CHART_SERIES } from '../../logic/route.ts';
import { t } from '../../logic/texts.ts';
import { AlarmList } from '../alarm_list.tsx';
import { Link } from '../link.tsx';
import { BrushFacts } from './brush_facts.tsx';
import { EventsPanel } from './panel_events.tsx';
import { LinesPanel } from './panel_lines.tsx';
import { HeatmapPanel, HistogramPanel, StatesPanel } from './panel_painted.tsx';
import { TablePanel } from './panel_table.tsx';
import { Markdown } from './panel_text.tsx';
import { BarPanel, GaugePanel, StatPanel } from './panel_values.tsx';

export interface PanelProps {
  readonly shown: ShownPanel;
  readonly state: ExploreState;
}

function TextPanel({ shown }: PanelProps) {
  return <Markdown text={shown.panel.text} />;
}

function AlarmsPanel() {
  return <AlarmList quiet={true} />;
}

const BODIES: Readonly<Record<ShownPanel['kind'], ComponentType<PanelProps>>> = {
  lines: LinesPanel,
  steps: LinesPanel,
  areas: LinesPanel,
  scoreboard: StatPanel,
  stat: StatPanel,
  gauge: GaugePanel,
  bar: BarPanel,
  table: TablePanel,
  states: StatesPanel,
  heatmap: HeatmapPanel,
  histogram: HistogramPanel,
  events: EventsPanel,
  text: TextPanel,
  alarms: AlarmsPanel,
};

const WITHOUT_SERIES = new Set<ShownPanel['kind']>(['text', 'alarms']);
/** They say it in their legend; or have nothing to measure. */
const MEASURED = new Set<ShownPanel['kind']>(['lines', 'steps', 'areas', 'text', 'alarms', 'events']);
/** They name themselves. */
const UNTITLED = new Set<ShownPanel['kind']>(['text', 'stat', 'scoreboard', 'gauge']);

/** What a panel without a title is called. */
export function titleOf({ panel, kind, y, y2 }: ShownPanel): string {
  if (panel.title !== '' || UNTITLED.has(kind)) return panel.title;
  if (kind === 'alarms') return t('Alarms');
  const infos = [...y, ...y2].map(({ item }) => item);
  const names = [...new Set(infos.map((info) => lineLabels([info])[0]!.split(' · ')[0]!))];
  if (names.length === 0) return panel.y.join(', ');
  return names.length <= 2
    ? names.join(', ')
    : t('{first}, {second} and {n} more', { first: names[0]!, second: names[1]!, n: names.length - 2 });
}

export function PanelFrame({ shown, state }: PanelProps) {
  const Body = BODIES[shown.kind];
  const keys = [...new Set([...shown.y, ...shown.y2].map(({ item }) => item.key))];
  const nothing = keys.length === 0 && !WITHOUT_SERIES.has(shown.kind);
  const title = titleOf(shown);
  return (
    <article class="panel card" data-panel={shown.kind}>
      {title !== '' && (
        <h3 class="panel-title">
          {keys.length > 0 && keys.length <= MAX_CHART_SERIES ? (
            <Link to={exploreRoute(keys, state.range.value)} title={t('Open in Explore')}>
              {title}
            </Link>
          ) : (
            title
          )}
        </h3>
      )}
      {nothing ? (
        <p class="panel-note">
          {t('No series matches')} <code>{[...shown.panel.y, ...shown.panel.y2].join(', ')}</code> {t('yet.')}
        </p>
      ) : (
        <>
          <Body shown={shown} state={state} />
          {!MEASURED.has(shown.kind) && <BrushFacts shown={shown} state={state} />}
        </>
      )}
    </article>
  );
}
