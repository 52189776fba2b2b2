// Checks of what comes from outside: each reader gives the value or throws WireError with the place.

export class WireError extends Error {}

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Fields = { [name: string]: Json };

export function fields(value: unknown, place: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new WireError(`${place}: an object was expected`);
}

export function list(value: unknown, place: string): Json[] {
  if (Array.isArray(value)) return value as Json[];
  throw new WireError(`${place}: a list was expected`);
}

export function text(value: unknown, place: string): string {
  if (typeof value === 'string') return value;
  throw new WireError(`${place}: text was expected`);
}

export function finite(value: unknown, place: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new WireError(`${place}: a number was expected`);
}

/** Absent, null or of another type: the default. For fields that may be missing. */
export function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

export function finiteOr<T>(value: unknown, otherwise: T): number | T {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}

export function fieldsOr(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOr(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
