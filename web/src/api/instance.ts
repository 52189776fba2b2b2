// What every plugin that runs has, whichever way its readings go, checked.
import { fields, text, textOr } from './guard.ts';

export interface InstanceInfo {
  readonly id: string;
  readonly plugin: string;
  readonly state: string;
  readonly reason: string;
}

/** `what` names it in the error: `sink`, `input`. */
export function readInstance(value: unknown, what: string): InstanceInfo {
  const instance = fields(value, what);
  return {
    id: text(instance.id, `${what}.id`),
    plugin: textOr(instance.plugin, ''),
    state: textOr(instance.state, ''),
    reason: textOr(instance.reason, ''),
  };
}
