// Values in rows: sorted by a click, filtered by words, copied as CSV.

import { useSignal } from '@preact/signals';
import { toCsv } from '../../logic/csv.ts';
import type { Panel } from '../../logic/dashboard_doc.ts';
import { makeFilter } from '../../logic/search.ts';
import { parseSeriesKey, spoken } from '../../logic/series_key.ts';
import type { SeriesEntry } from '../../logic/series_store.ts';
import { t } from '../../logic/texts.ts';
import { useApp } from '../context.ts';
import { copyText } from '../copy.ts';
import { useEntries } from './entries.ts';
import type { PanelProps } from './panel_body.tsx';
import { StateDot, useInView, useReading } from './reading.tsx';

const FILTER_FROM = 9;
const DEFAULT_LIMIT = 200;

interface Sort {
  readonly column: string;
  readonly down: boolean;
}

interface Row {
  readonly entry: SeriesEntry;
  readonly cells: Readonly<Record<string, string>>;
}

const collator = new Intl.Collator(undefined, { numeric: true });

function rowsOf(entries: readonly SeriesEntry[]): { readonly columns: string[]; readonly rows: Row[] } {
  const labels = new Set<string>();
  const rows = entries.map((entry) => {
    const key = parseSeriesKey(entry.info.key);
    for (const [name] of key.labels) labels.add(name);
    return {
      entry,
      cells: { name: entry.info.title || spoken(key.name), ...Object.fromEntries(key.labels) },
    };
  });
  const named = new Set(rows.map(({ cells }) => cells.name)).size > 1 || labels.size === 0;
  return { columns: [...(named ? ['name'] : []), ...labels], rows };
}

export function TablePanel({ shown }: PanelProps) {
  const app = useApp();
  const entries = useEntries(shown.y);
  const sort = useSignal<Sort | null>(null);
  const words = useSignal('');
  const copied = useSignal(false);
  app.second.value;
  const { columns, rows } = rowsOf(entries);
  const matches = makeFilter(words.value);
  const found = rows.filter(({ entry }) => matches(entry.info));
  const order = sort.value;
  if (order !== null) {
    const value = ({ entry }: Row) =>
      typeof entry.value === 'number' ? entry.value : Number.NEGATIVE_INFINITY;
    found.sort((a, b) => {
      const sign =
        order.column === 'value'
          ? value(a) - value(b)
          : order.column === 'age'
            ? b.entry.time - a.entry.time
            : collator.compare(a.cells[order.column] ?? '', b.cells[order.column] ?? '');
      return order.down ? -sign : sign;
    });
  }
  const limit = shown.panel.limit ?? DEFAULT_LIMIT;
  const copy = () => {
    const lines = found.map(({ entry, cells }) => [
      entry.info.key,
      ...columns.map((column) => cells[column] ?? ''),
      entry.value,
      entry.info.unit,
      new Date(entry.time).toISOString(),
      entry.qualityAt(app.clock.now()),
    ]);
    copied.value = copyText(toCsv([['key', ...columns, 'value', 'unit', 'time', 'quality'], ...lines]));
  };
  const head = (column: string, name: string) => (
    <th
      key={column}
      scope="col"
      aria-sort={order?.column === column ? (order.down ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        onClick={() => {
          sort.value =
            order?.column !== column ? { column, down: column === 'value' } : { column, down: !order.down };
        }}
      >
        {name}
      </button>
    </th>
  );
  return (
    <div class="panel-table">
      <div class="panel-table-tools">
        {rows.length >= FILTER_FROM && (
          <input
            type="search"
            placeholder={t('Filter')}
            aria-label={t('Filter rows')}
            value={words.value}
            onInput={(event) => {
              words.value = event.currentTarget.value;
            }}
          />
        )}
        <button type="button" class="quiet" onClick={copy}>
          {copied.value ? t('Copied') : t('Copy as CSV')}
        </button>
      </div>
      <div class="panel-table-rows">
        <table>
          <thead>
            <tr>
              {columns.map((column) => head(column, spoken(column)))}
              {head('value', t('Value'))}
              {head('age', t('Age'))}
            </tr>
          </thead>
          <tbody>
            {found.slice(0, limit).map((row) => (
              <TableRow key={row.entry.info.key} row={row} columns={columns} panel={shown.panel} />
            ))}
          </tbody>
        </table>
        {found.length > limit && <p class="muted">{t('{n} of {all}', { n: limit, all: found.length })}</p>}
      </div>
    </div>
  );
}

interface TableRowProps {
  readonly row: Row;
  readonly columns: readonly string[];
  readonly panel: Panel;
}

function TableRow({ row: { entry, cells }, columns, panel }: TableRowProps) {
  const reading = useReading(entry, panel);
  const frame = useInView(entry);
  return (
    <tr
      ref={frame as unknown as { current: HTMLTableRowElement | null }}
      data-series={entry.info.key}
      data-quality={reading.quality}
      title={entry.info.key}
    >
      {columns.map((column) => (
        <td key={column}>{cells[column] ?? ''}</td>
      ))}
      <td class="number">
        <StateDot entry={entry} reading={reading} /> <span data-value>{reading.value}</span>{' '}
        <span class="muted">{reading.unit}</span>
      </td>
      <td class="number muted" data-age>
        {reading.age}
      </td>
    </tr>
  );
}
