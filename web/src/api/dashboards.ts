// Calls of /api/v1/dashboards, and what they answer, checked.
import { type DashboardDoc, readDashboardDoc } from '../logic/dashboard_doc.ts';
import { fields, fieldsOr, finiteOr, type Json, list, listOr, text, textOr } from './guard.ts';
import { ask, Refused } from './http.ts';
import { readProblem } from './wire.ts';

export interface Note {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

export interface DashboardFacts {
  readonly name: string;
  readonly title: string;
  readonly writable: boolean;
  readonly broken: boolean;
}

export interface LoadedDashboard {
  readonly name: string;
  readonly title: string;
  readonly writable: boolean;
  readonly etag: string;
  readonly yaml: string;
  readonly document: Json;
  readonly doc: DashboardDoc;
}

/** What a poll brings: nothing new, a dashboard, its mistakes, or that it is not there. */
export type DashboardNews =
  | { readonly is: 'same' }
  | { readonly is: 'loaded'; readonly dashboard: LoadedDashboard }
  | { readonly is: 'broken'; readonly report: string; readonly etag: string }
  | { readonly is: 'missing' };

export type Saved =
  | { readonly is: 'saved'; readonly etag: string }
  | { readonly is: 'broken'; readonly report: string; readonly notes: readonly Note[] }
  | { readonly is: 'conflict'; readonly detail: string }
  | { readonly is: 'refused'; readonly detail: string };

const PATH = '/api/v1/dashboards';

export function readNotes(value: unknown): Note[] {
  return listOr(value).map((item) => {
    const note = fieldsOr(item);
    return {
      line: finiteOr(note.line, 0),
      column: finiteOr(note.column, 0),
      reason: textOr(note.reason, ''),
    };
  });
}

export async function fetchDashboards(): Promise<DashboardFacts[]> {
  const { status, body } = await ask(PATH, { method: 'GET' });
  if (status === 404) return [];
  if (status >= 400) throw new Refused(status, readProblem(status, body));
  return list(body, 'dashboards').map((item) => {
    const row = fields(item, 'dashboards');
    return {
      name: text(row.name, 'dashboards.name'),
      title: textOr(row.title, ''),
      writable: row.writable === true,
      broken: listOr(row.errors).length > 0,
    };
  });
}

const place = (name: string) => `${PATH}/${encodeURIComponent(name)}`;

export async function fetchDashboard(name: string, known: string): Promise<DashboardNews> {
  const headers: Record<string, string> = known === '' ? {} : { 'if-none-match': known };
  const { status, body, etag } = await ask(place(name), { method: 'GET', headers });
  if (status === 304) return { is: 'same' };
  if (status === 404) return { is: 'missing' };
  if (status === 422) return { is: 'broken', report: textOr(fieldsOr(body).report, ''), etag };
  if (status >= 400) throw new Refused(status, readProblem(status, body));
  const item = fields(body, 'dashboard');
  return {
    is: 'loaded',
    dashboard: {
      name: text(item.name, 'dashboard.name'),
      title: textOr(item.title, ''),
      writable: item.writable === true,
      etag,
      yaml: textOr(item.yaml, ''),
      document: item.document ?? null,
      doc: readDashboardDoc(item.document ?? null),
    },
  };
}

/** `known`: the tag of what was edited; empty: it must be new. */
export async function saveDashboard(
  name: string,
  yaml: string,
  known: string,
  check = false,
): Promise<Saved> {
  const headers: Record<string, string> = known === '' ? { 'if-none-match': '*' } : { 'if-match': known };
  const { status, body, etag } = await ask(`${place(name)}${check ? '?check=1' : ''}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/yaml', ...(check ? {} : headers) },
    body: yaml,
  });
  if (status < 300) return { is: 'saved', etag };
  const problem = fieldsOr(body);
  if (status === 422) {
    return { is: 'broken', report: textOr(problem.report, ''), notes: readNotes(problem.errors) };
  }
  const detail = readProblem(status, body);
  return status === 412 ? { is: 'conflict', detail } : { is: 'refused', detail };
}

export async function removeDashboard(name: string, known: string): Promise<void> {
  const { status, body } = await ask(place(name), { method: 'DELETE', headers: { 'if-match': known } });
  if (status >= 400) throw new Refused(status, readProblem(status, body));
}
