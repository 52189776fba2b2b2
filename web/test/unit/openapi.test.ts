// What the page reads of the device's answers is what daemon/net/openapi.yaml describes: its examples are read without a
// complaint, and nothing is looked for that is not described.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readInputs, readLog, readStatus, readStorage } from '../../src/api/device.ts';
import { readPluginTable } from '../../src/api/plugins.ts';
import { readSession } from '../../src/api/session.ts';
import { readLatestList, readQuery, readSeriesList } from '../../src/api/wire.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Record<string, Schema>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}
interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
}
interface Document {
  readonly paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, Media> }> }>
  >;
  readonly components: { readonly schemas: Record<string, Schema> };
}

// Debian's Python reads YAML; node does not, and the page needs no reader of it.
const SOURCE = join(process.cwd(), '../daemon/net/openapi.yaml');
const DOCUMENT = JSON.parse(
  execFileSync(
    '/usr/bin/python3',
    ['-c', 'import json,sys,yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout, default=str)'],
    {
      input: readFileSync(SOURCE),
      encoding: 'utf8',
      maxBuffer: 64e6,
    },
  ),
) as Document;

function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  return resolved(DOCUMENT.components.schemas[schema.$ref.split('/').at(-1)!]!);
}

/** Every form that a schema may take. */
function forms(schema: Schema): Schema[] {
  const one = resolved(schema);
  return [one, ...[...(one.anyOf ?? []), ...(one.oneOf ?? []), ...(one.allOf ?? [])].flatMap(forms)];
}

function propertyOf(schema: Schema, name: string): Schema | null {
  for (const form of forms(schema)) {
    const own = form.properties?.[name];
    if (own !== undefined) return own;
  }
  for (const { additionalProperties: more } of forms(schema)) {
    if (more === true) return {};
    if (typeof more === 'object') return more;
  }
  return null;
}

const anything = (schema: Schema) => Object.keys(resolved(schema)).every((key) => key === 'description');

/** A value of the schema, with everything in it: where the document has no example of its own. */
function made(schema: Schema, depth = 0): unknown {
  const one = forms(schema).find(({ type }) => type !== undefined && type !== 'null') ?? resolved(schema);
  const type = typeof one.type === 'string' ? one.type : one.type?.[0];
  const known = one.const ?? one.enum?.[0];
  if (known !== undefined) return known;
  if (type === 'object') {
    const items = depth > 8 ? [] : Object.entries(one.properties ?? {});
    return Object.fromEntries(items.map(([name, item]) => [name, made(item, depth + 1)]));
  }
  if (type === 'array') return one.items === undefined ? [] : [made(one.items, depth + 1)];
  return type === 'string' ? 'a' : type === 'boolean' ? true : type === 'null' ? null : 1;
}

/** The value as it is, but whoever asks for what is not described is noted. */
function watched(value: unknown, schema: Schema, place: string, undescribed: Set<string>): unknown {
  if (typeof value !== 'object' || value === null || anything(schema)) return value;
  if (Array.isArray(value)) {
    const items = forms(schema).find((form) => form.items !== undefined)?.items ?? {};
    return value.map((item) => watched(item, items, `${place}[]`, undescribed));
  }
  return new Proxy(value, {
    get(target, name) {
      if (typeof name !== 'string' || name === 'toJSON') return Reflect.get(target, name);
      const own = propertyOf(schema, name);
      if (own === null) undescribed.add(`${place}.${name}`);
      return watched(Reflect.get(target, name), own ?? {}, `${place}.${name}`, undescribed);
    },
  });
}

const READERS: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ['/api/v1/status', readStatus],
  ['/api/v1/storage', readStorage],
  ['/api/v1/inputs', readInputs],
  ['/api/v1/log', readLog],
  ['/api/v1/series', readSeriesList],
  ['/api/v1/latest', readLatestList],
  ['/api/v1/query', readQuery],
  ['/api/v1/session', readSession],
  ['/api/v1/plugins/{plugin}', readPluginTable],
];

for (const [path, read] of READERS) {
  test(`what is read of ${path} is what is described`, () => {
    const media = DOCUMENT.paths[path]?.get?.responses['200']?.content?.['application/json'];
    assert.ok(media !== undefined);
    const example = media.example ?? made(media.schema);
    const undescribed = new Set<string>();
    read(watched(example, media.schema, path, undescribed));
    assert.deepEqual([...undescribed], []);
  });
}

test('what is not described would be seen', () => {
  const undescribed = new Set<string>();
  const schema = DOCUMENT.components.schemas.Latest!;
  const value = watched({ key: 'a', time: 1 }, schema, 'x', undescribed) as Record<string, unknown>;
  void value.colour;
  assert.deepEqual([...undescribed], ['x.colour']);
});
