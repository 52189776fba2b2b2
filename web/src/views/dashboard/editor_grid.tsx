// The panels of one section on gridstack's grid.

import { GridStack } from 'gridstack';
import { useEffect, useRef } from 'preact/hooks';
import type { ExploreState } from '../../app/explore_state.ts';
import type { ShownSection } from '../../logic/dashboard_expand.ts';
import { layOut, type Place } from '../../logic/panel_layout.ts';
import { t } from '../../logic/texts.ts';
import { PanelFrame } from './panel_body.tsx';

interface Props {
  readonly section: ShownSection;
  readonly state: ExploreState;
  /** Where each panel of the section stands, after a drag or a change of size. */
  readonly onMoved: (places: ReadonlyMap<number, Place>) => void;
  readonly onEdit: (panel: number) => void;
  readonly onRemove: (panel: number) => void;
}

export function EditorGrid({ section, state, onMoved, onEdit, onRemove }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const moved = useRef(onMoved);
  moved.current = onMoved;
  const places = layOut(
    section.panels.map(({ panel, kind, y }) => ({
      kind,
      place: panel.place,
      width: panel.width,
      height: panel.height,
      series: y.length,
    })),
  );
  // gridstack owns where its items stand from here on: they are made once.
  const first = useRef(places);
  useEffect(() => {
    const grid = GridStack.init(
      {
        column: 12,
        cellHeight: 48,
        margin: 6,
        mode: 'float',
        handle: '.editor-handle',
        columnOpts: { breakpoints: [{ w: 700, c: 1 }] },
        resizable: { handles: 'e,se,s,sw,w' },
      },
      place.current!,
    );
    if (grid === null) return;
    const tell = () => {
      if (grid.getColumn() !== 12) return;
      const now = new Map<number, Place>();
      for (const item of grid.getGridItems()) {
        const node = item.gridstackNode;
        if (node === undefined) continue;
        now.set(Number(item.dataset.panelIndex), {
          x: node.x ?? 0,
          y: node.y ?? 0,
          w: node.w ?? 1,
          h: node.h ?? 1,
        });
      }
      moved.current(now);
    };
    grid.on('dragstop', tell);
    grid.on('resizestop', tell);
    return () => {
      grid.offAll();
      grid.destroy(false);
    };
  }, []);
  return (
    <div class="grid-stack" ref={place}>
      {section.panels.map((shown, i) => {
        const at = first.current[i];
        if (at === undefined) return null;
        return (
          <div
            key={shown.id}
            class="grid-stack-item"
            data-panel-index={i}
            {...{ 'gs-x': at.x, 'gs-y': at.y, 'gs-w': at.w, 'gs-h': at.h }}
          >
            <div class="grid-stack-item-content">
              <div class="editor-tools">
                <span class="editor-handle" title={t('Drag')} />
                <button type="button" class="quiet" onClick={() => onEdit(i)}>
                  {t('Change')}
                </button>
                <button type="button" class="quiet" onClick={() => onRemove(i)}>
                  {t('Take away')}
                </button>
              </div>
              <PanelFrame shown={shown} state={state} />
            </div>
          </div>
        );
      })}
    </div>
  );
}
