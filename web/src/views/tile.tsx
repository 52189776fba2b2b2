// One series on the overview. The component renders once; afterwards only its text nodes and canvas change.

import { computed } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { exploreRoute } from '../logic/route.ts';
import { parseSeriesKey, tileTitle, unsaidLabels } from '../logic/series_key.ts';
import type { SeriesEntry } from '../logic/series_store.ts';
import { stateColour } from '../logic/state_colour.ts';
import { mark, t } from '../logic/texts.ts';
import { DEFAULT_RANGE } from '../logic/time_range.ts';
import { AlarmMark } from './alarm_mark.tsx';
import { useApp } from './context.ts';
import { Link } from './link.tsx';
import { PinButton } from './pin_button.tsx';
import { Sparkline } from './sparkline.tsx';
import { watchVisibility } from './visibility.ts';
import './tile.css';

const NOTES = { good: '', stale: '', uncertain: mark('uncertain'), bad: mark('fault') } as const;

interface Props {
  readonly entry: SeriesEntry;
  /** The word its group is headed by. */
  readonly word: string;
}

export function Tile({ entry, word }: Props) {
  const app = useApp();
  const model = app.tile(entry);
  const { info } = entry;
  const frame = useRef<HTMLSpanElement>(null);
  const [visible, setVisible] = useState(false);
  const title = useMemo(() => {
    const key = parseSeriesKey(info.key);
    return info.title ? { name: info.title, labels: unsaidLabels(key, info.title) } : tileTitle(key, word);
  }, [info.key, info.title, word]);
  const note = useMemo(() => computed(() => t(NOTES[model.quality.value])), [model]);
  const colour = useMemo(
    () =>
      computed(() => {
        const name = model.value.value;
        return stateColour(name, typeof entry.value === 'string' ? (entry.states?.indexOf(name) ?? 0) : 0);
      }),
    [model],
  );
  useEffect(
    () =>
      watchVisibility(frame.current!.parentElement!, (now) => {
        app.setVisible(entry, now);
        setVisible(now);
      }),
    [app, entry],
  );
  return (
    <div class="tile-place">
      <Link
        to={exploreRoute([info.key], DEFAULT_RANGE)}
        class="tile card"
        title={info.key}
        data-series={info.key}
        data-kind={info.kind}
        data-quality={model.quality}
      >
        <span class="tile-head" ref={frame}>
          <span class="tile-title">
            {title.name}
            {title.labels !== '' && <span class="tile-labels"> {title.labels}</span>}
          </span>
          <span class="tile-note">
            <AlarmMark of={info.key} />
            {note}
            <span class="tile-age" data-age>
              {model.age}
            </span>
          </span>
        </span>
        <span class="tile-reading">
          {entry.states !== null && <span class="state-dot" data-colour={colour} aria-hidden="true" />}
          <span class="tile-value" data-value>
            {model.value}
          </span>
          <span class="tile-unit">{model.unit}</span>
          <span class="tile-change" title={t('Change in ten minutes')}>
            {model.change}
          </span>
        </span>
        {info.kind !== 'event' && <span class="tile-spark">{visible && <Sparkline model={model} />}</span>}
      </Link>
      <PinButton of={info.key} />
    </div>
  );
}
