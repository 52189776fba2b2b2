// Where the device sends readings to, checked.
import { fields, finiteOr, list, listOr, textOr } from './guard.ts';
import { type InstanceInfo, readInstance } from './instance.ts';

export interface ParkedReadings {
  readonly series: string;
  readonly readings: number;
  readonly reason: string;
}

export interface SinkInfo extends InstanceInfo {
  readonly sent: number;
  /** How much time is to be sent from the history, in ms. */
  readonly backlog: number;
  readonly parked: number;
  readonly lost: number;
  readonly lastSentAt: number | null;
  readonly lastParked: readonly ParkedReadings[];
}

function readSink(value: unknown): SinkInfo {
  const sink = fields(value, 'sink');
  return {
    ...readInstance(sink, 'sink'),
    sent: finiteOr(sink.sent, 0),
    backlog: finiteOr(sink.backlog, 0),
    parked: finiteOr(sink.parked, 0),
    lost: finiteOr(sink.lost_readings, 0),
    lastSentAt: finiteOr(sink.last_sent_at, null),
    lastParked: listOr(sink.last_parked).map((entry) => {
      const parked = fields(entry, 'sink.last_parked');
      return {
        series: textOr(parked.series, ''),
        readings: finiteOr(parked.readings, 0),
        reason: textOr(parked.reason, ''),
      };
    }),
  };
}

export function readSinks(value: unknown): SinkInfo[] {
  return list(value, 'sinks').map(readSink);
}
