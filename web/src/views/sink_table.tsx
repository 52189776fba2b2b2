// Where readings are sent to: what went out, how far behind each sink is, and what was refused or lost.

import type { SinkInfo } from '../api/sinks.ts';
import { formatAge, formatLasting } from '../logic/freshness.ts';
import { formatFixed } from '../logic/number_format.ts';
import { t } from '../logic/texts.ts';
import { useApp } from './context.ts';
import { STATE_WORDS } from './input_card.tsx';
import './sink_table.css';

function Row({ sink, now }: { readonly sink: SinkInfo; readonly now: number }) {
  return (
    <tr data-sink={sink.id} data-state={sink.state}>
      <th scope="row">
        {sink.id} <span class="muted">{sink.plugin}</span>
      </th>
      <td>
        {t(STATE_WORDS[sink.state] ?? sink.state)}
        {sink.reason !== '' && <div class="muted">{sink.reason}</div>}
      </td>
      <td>{formatFixed(sink.sent, 0)}</td>
      <td>{sink.lastSentAt === null ? '–' : formatAge(now - sink.lastSentAt)}</td>
      <td>{sink.backlog === 0 ? '–' : formatLasting(sink.backlog)}</td>
      <td>{formatFixed(sink.parked, 0)}</td>
      <td>{formatFixed(sink.lost, 0)}</td>
    </tr>
  );
}

/** What the other side said is a stranger's text: shown as text, never as markup. */
function Parked({ sinks }: { readonly sinks: readonly SinkInfo[] }) {
  const parked = sinks.flatMap((sink) => sink.lastParked.map((one) => ({ ...one, sink: sink.id })));
  if (parked.length === 0) return null;
  return (
    <details class="sinks-parked" data-parked>
      <summary>{t('Refused by the other side')}</summary>
      <ul>
        {parked.map((one) => (
          <li key={`${one.sink} ${one.series} ${one.reason}`}>
            <code>{one.series}</code> ({formatFixed(one.readings, 0)}): {one.reason}
          </li>
        ))}
      </ul>
    </details>
  );
}

export function SinkTable({ sinks }: { readonly sinks: readonly SinkInfo[] }) {
  const now = useApp().clock.now();
  if (sinks.length === 0) return null;
  return (
    <section class="sinks card">
      <h2 class="page-title">{t('Sinks')}</h2>
      <div class="sinks-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{t('Sink')}</th>
              <th scope="col">{t('State')}</th>
              <th scope="col">{t('Sent')}</th>
              <th scope="col">{t('Last sent')}</th>
              <th scope="col">{t('Behind by')}</th>
              <th scope="col">{t('Refused')}</th>
              <th scope="col">{t('Lost')}</th>
            </tr>
          </thead>
          <tbody>
            {sinks.map((sink) => (
              <Row key={sink.id} sink={sink} now={now} />
            ))}
          </tbody>
        </table>
      </div>
      <Parked sinks={sinks} />
    </section>
  );
}
