// Which alarms come first, and which of them somebody has to look at.

interface Ranked {
  readonly state: string;
  readonly severity: string;
  readonly since: number | null;
}

const STATES = ['firing', 'acknowledged', 'cleared', 'pending', 'suppressed', 'no-data', 'inactive'];
const SEVERITIES = ['critical', 'warning', 'info'];

const rank = (order: readonly string[], one: string) =>
  (order.indexOf(one) + order.length + 1) % (order.length + 1);

/** What fires first, the worst of it before the rest, the newest before the older. */
export function inOrder<Alarm extends Ranked>(alarms: readonly Alarm[]): Alarm[] {
  return [...alarms].sort(
    (a, b) =>
      rank(STATES, a.state) - rank(STATES, b.state) ||
      rank(SEVERITIES, a.severity) - rank(SEVERITIES, b.severity) ||
      (b.since ?? 0) - (a.since ?? 0),
  );
}

/** Whether it can be acknowledged. */
export function isOpen(alarm: Ranked): boolean {
  return alarm.state === 'firing' || alarm.state === 'cleared';
}
