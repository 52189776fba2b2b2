// The configuration file: read, checked, put in place.
import { type Note, readNotes } from './dashboards.ts';
import { fieldsOr, textOr } from './guard.ts';
import { ask, Refused } from './http.ts';
import { readProblem } from './wire.ts';

const PATH = '/api/v1/config';

export interface ConfigText {
  readonly text: string;
  readonly etag: string;
}

export interface ConfigAnswer {
  readonly is: 'good' | 'broken' | 'conflict';
  /** What is wrong, or what to know, with its places. */
  readonly notes: readonly Note[];
  readonly detail: string;
  readonly restartNeeded: boolean;
  readonly etag: string;
}

export async function fetchConfig(): Promise<ConfigText> {
  const { status, body, text, etag } = await ask(PATH, {
    method: 'GET',
    headers: { accept: 'application/yaml' },
  });
  if (status >= 400) throw new Refused(status, readProblem(status, body));
  return { text, etag };
}

export async function putConfig(text: string, known: string, check: boolean): Promise<ConfigAnswer> {
  const { status, body, etag } = await ask(`${PATH}${check ? '?check=1' : ''}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/yaml', ...(check || known === '' ? {} : { 'if-match': known }) },
    body: text,
  });
  const answer = fieldsOr(body);
  if (status === 422) {
    return { is: 'broken', notes: readNotes(answer.errors), detail: '', restartNeeded: false, etag: '' };
  }
  const detail = status >= 400 ? readProblem(status, body) : '';
  if (status === 412) return { is: 'conflict', notes: [], detail, restartNeeded: false, etag: '' };
  if (status >= 400) throw new Refused(status, detail);
  return {
    is: 'good',
    notes: readNotes(answer.warnings),
    detail: textOr(answer.kept, ''),
    restartNeeded: answer.restart_needed === true,
    etag,
  };
}
