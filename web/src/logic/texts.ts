// What the page says, in the reader's language. The English text is the key of its translation: it stands where it is used,
// and `texts_de.ts` has the German of every one. Another language is one more such file.

export type Language = 'en' | 'de';
export const LANGUAGES: readonly (readonly [Language, string])[] = [
  ['en', 'English'],
  ['de', 'Deutsch'],
];

export type Catalogue = Readonly<Record<string, string>>;

let catalogue: Catalogue = {};
let language: Language = 'en';
let tag: string | undefined;

/** Before anything is drawn. `locale`: how numbers and dates are written; undefined: as the browser does. */
export function speak(now: Language, words: Catalogue, locale: string | undefined): void {
  language = now;
  catalogue = words;
  tag = locale;
}

export function spokenLanguage(): Language {
  return language;
}

export function locale(): string | undefined {
  return tag;
}

/** The first of the reader's languages that there is a catalogue for. */
export function languageOf(wanted: readonly string[]): Language {
  for (const one of wanted) {
    const short = one.toLowerCase().split('-')[0];
    if (short === 'en' || short === 'de') return short;
  }
  return 'en';
}

export type TextValues = Readonly<Record<string, string | number>>;

/** `t('{n} rows', {n: 3})`: the text in the reader's language, with the values in it. */
export function t(text: string, values?: TextValues): string {
  const said = catalogue[text] ?? text;
  if (values === undefined) return said;
  return said.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The singular or the plural; `{n}` is the number, as the reader's language writes it. */
export function tn(one: string, many: string, count: number, values: TextValues = {}): string {
  const n = new Intl.NumberFormat(tag, { useGrouping: count >= 10_000 }).format(count);
  return t(count === 1 ? one : many, { n, ...values });
}

/** Marks a text that is said later: a table of texts is made before the language is known. */
export function mark(text: string): string {
  return text;
}
