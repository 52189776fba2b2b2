// Every text of the page stands in the catalogue, and the catalogue has nothing that nobody says.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { languageOf, speak, t, tn } from '../../src/logic/texts.ts';
import { GERMAN } from '../../src/logic/texts_de.ts';

const SOURCE = join(process.cwd(), 'src');
/** Attributes that people read or hear. */
const SPOKEN = new Set(['title', 'aria-label', 'placeholder', 'alt']);
const WORD = /\p{L}{2}/u;
/** Names and what a machine reads: the same in every language. */
const THE_SAME = new Set(['telltale.yaml', 'telltale status', 'Telltale', 'id']);

interface Found {
  readonly said: Set<string>;
  /** Texts that are shown without being looked up. */
  readonly bare: string[];
}

function look(): Found {
  const found: Found = { said: new Set(), bare: [] };
  for (const file of readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(file)) continue;
    const source = ts.createSourceFile(
      file,
      readFileSync(join(SOURCE, file), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) collect(node, found.said);
      const bare = bareText(node);
      if (WORD.test(bare) && !THE_SAME.has(bare)) found.bare.push(`${file}: ${bare}`);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

function collect(call: ts.CallExpression, said: Set<string>): void {
  const name = call.expression.getText();
  if (name !== 't' && name !== 'mark' && name !== 'tn') return;
  for (const argument of call.arguments.slice(0, name === 'tn' ? 2 : 1)) {
    const whole = ts.isStringLiteral(argument) || ts.isNoSubstitutionTemplateLiteral(argument);
    if (whole && argument.text !== '') said.add(argument.text);
  }
}

function bareText(node: ts.Node): string {
  if (ts.isJsxText(node)) return node.text.trim();
  if (!ts.isJsxAttribute(node) || !SPOKEN.has(node.name.getText())) return '';
  return node.initializer !== undefined && ts.isStringLiteral(node.initializer) ? node.initializer.text : '';
}

const { said, bare } = look();
const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

test('no text is shown that is not in the catalogue', () => {
  assert.ok(said.size > 150, `${said.size} texts`);
  assert.deepEqual(bare, []);
});

test('every text has its German one, and none is left over', () => {
  assert.deepEqual(
    [...said].filter((text) => !Object.hasOwn(GERMAN, text)),
    [],
  );
  assert.deepEqual(
    Object.keys(GERMAN).filter((text) => !said.has(text)),
    [],
  );
});

test('a translation has the holes of its text', () => {
  for (const [text, german] of Object.entries(GERMAN)) {
    assert.notEqual(german, '');
    assert.deepEqual(holes(german), holes(text), text);
  }
});

test('the first known language of the reader is spoken, and what is unknown stays as it is', () => {
  assert.equal(languageOf(['fr-CA', 'de-AT', 'en']), 'de');
  assert.equal(languageOf(['fr']), 'en');
  speak('de', { 'in {n} days': 'in {n} Tagen', one: 'eins', 'many {n}': 'viele {n}' }, 'de');
  assert.equal(t('in {n} days', { n: 3 }), 'in 3 Tagen');
  assert.equal(t('unknown {x}', { x: '$&' }), 'unknown $&');
  assert.equal(tn('one', 'many {n}', 1), 'eins');
  assert.equal(tn('one', 'many {n}', 12_345), 'viele 12.345');
  speak('en', {}, undefined);
});
