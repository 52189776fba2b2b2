// The last lines of the daemon's log.
import { type LogLines, readLog } from './device.ts';
import { ask, Refused } from './http.ts';
import { readProblem } from './wire.ts';

export async function fetchLog(level: string, since: number): Promise<LogLines> {
  const { status, body } = await ask(`/api/v1/log?level=${level}&since=${since}`, { method: 'GET' });
  if (status >= 400) throw new Refused(status, readProblem(status, body));
  return readLog(body);
}
