// Which of the page's state colours a state's name gets: words that everybody knows by their meaning, others by their
// order. Never by colour alone: the name always stands beside it.

const CALM =
  /^(ok|up|on|good|run|running|open|opened|active|ready|true|yes|online|connected|normal|enabled|auto)$/i;
const ALARM =
  /^(fault|faulted|error|alarm|fail|failed|failure|bad|critical|emergency|tripped|too (low|high)|lost)$/i;
const REST = /^(off|down|idle|stop|stopped|closed|false|no|inactive|standby|disabled|offline|none|unknown)$/i;
const WARN = /^(warn|warning|degraded|waiting|starting|stopping|paused|maintenance|manual|low|high)$/i;

export type StateColour = 'calm' | 'alarm' | 'rest' | 'warn' | 'other-0' | 'other-1';

export function stateColour(written: string, index: number): StateColour {
  // `fault: door open` is a fault: what stands behind says which.
  const name = /^(.+?)\s*[:,(–]/.exec(written)?.[1] ?? written;
  if (CALM.test(name)) return 'calm';
  if (ALARM.test(name)) return 'alarm';
  if (REST.test(name)) return 'rest';
  if (WARN.test(name)) return 'warn';
  return index % 2 === 0 ? 'other-0' : 'other-1';
}
