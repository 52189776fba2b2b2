// Who is in front of the page: /api/v1/session, login, setup and logout.
import { BASE } from './base.ts';
import { fields, type Json, listOr, textOr } from './guard.ts';
import { readProblem } from './wire.ts';

export interface SessionState {
  /** Name of the user; empty when nobody is logged in. */
  readonly user: string;
  /** Of read, write and admin. */
  readonly can: readonly string[];
  /** Whether the first user is still to be made. */
  readonly setup: boolean;
  /** Whether the device has accounts at all. */
  readonly accounts: boolean;
}

export interface Entry {
  readonly code?: string;
  readonly user: string;
  readonly password: string;
}

async function call(path: string, method: 'GET' | 'POST', body?: unknown): Promise<Json | undefined> {
  const response = await fetch(BASE + path, {
    method,
    headers: { accept: 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json().catch(() => undefined)) as Json | undefined;
  if (!response.ok) throw new Error(readProblem(response.status, answer));
  return answer;
}

export function readSession(answer: unknown): SessionState {
  const item = fields(answer, 'session');
  return {
    user: textOr(item.user, ''),
    can: listOr(item.can).map((scope) => textOr(scope, '')),
    setup: item.setup === true,
    accounts: item.accounts === true,
  };
}

export async function fetchSession(): Promise<SessionState> {
  return readSession(await call('/api/v1/session', 'GET'));
}

/** Logs in, or, with a code, sets the device up. The browser keeps the cookie. */
export async function beginSession(entry: Entry): Promise<void> {
  await call(entry.code === undefined ? '/api/v1/login' : '/api/v1/setup', 'POST', entry);
}

export async function endSession(): Promise<void> {
  await call('/api/v1/logout', 'POST');
}
