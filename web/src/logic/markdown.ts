// Markdown as a tree: headings, paragraphs, lists, quotes, code, rules, tables of text; bold, italic, code, links.
// There is no HTML in it: what looks like a tag is shown as it is written. Links lead to http, https, or this page.

export type Inline =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'code'; readonly text: string }
  | { readonly is: 'strong' | 'em'; readonly inner: readonly Inline[] }
  | { readonly is: 'link'; readonly href: string; readonly inner: readonly Inline[] };

export type Block =
  | { readonly is: 'heading'; readonly level: number; readonly inner: readonly Inline[] }
  | { readonly is: 'paragraph'; readonly inner: readonly Inline[] }
  | { readonly is: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly is: 'quote'; readonly inner: readonly Inline[] }
  | { readonly is: 'code'; readonly text: string }
  | { readonly is: 'rule' };

const MAX_DEPTH = 6;

/** Only what cannot run: an address of the web, or a path of this device. */
export function safeHref(text: string): string | null {
  const href = text.trim();
  if (/^https?:\/\//i.test(href)) return href;
  return /^\/(?![/\\])/.test(href) || /^#/.test(href) ? href : null;
}

const INLINE =
  /`([^`]+)`|\*\*(?=\S)([\s\S]*?\S)\*\*|__(?=\S)([\s\S]*?\S)__|\*(?=\S)([^*]*?\S)\*|\b_(?=\S)([^_]*?\S)_\b|\[([^\]]*)\]\(([^)\s]*)\)/;

export function parseInline(source: string, depth = 0): Inline[] {
  const parts: Inline[] = [];
  let rest = source;
  while (rest !== '') {
    const match = depth < MAX_DEPTH ? INLINE.exec(rest) : null;
    if (match === null) {
      parts.push({ is: 'text', text: rest });
      break;
    }
    if (match.index > 0) parts.push({ is: 'text', text: rest.slice(0, match.index) });
    const [whole, code, strong, strong2, em, em2, label, target] = match;
    const bold = strong ?? strong2;
    const italic = em ?? em2;
    const href = target === undefined ? null : safeHref(target);
    if (code !== undefined) parts.push({ is: 'code', text: code });
    else if (bold !== undefined) parts.push({ is: 'strong', inner: parseInline(bold, depth + 1) });
    else if (italic !== undefined) parts.push({ is: 'em', inner: parseInline(italic, depth + 1) });
    else if (href !== null) parts.push({ is: 'link', href, inner: parseInline(label ?? href, depth + 1) });
    else parts.push({ is: 'text', text: whole });
    rest = rest.slice(match.index + whole.length);
  }
  return parts;
}

const LIST_ITEM = /^\s*(?:([-*+])|\d{1,4}[.)])\s+(.*)$/;

export function parseMarkdown(source: string): Block[] {
  const blocks: Block[] = [];
  const lines = source.replace(/\r\n?/g, '\n').split('\n');
  let at = 0;
  const until = (over: (line: string) => boolean) => {
    const from = at;
    while (at < lines.length && !over(lines[at]!)) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at]!;
    const heading = /^(#{1,4})\s+(.*?)\s*#*$/.exec(line);
    if (line.trim() === '') at += 1;
    else if (/^\s*```/.test(line)) {
      at += 1;
      blocks.push({ is: 'code', text: until((next) => /^\s*```/.test(next)).join('\n') });
      at += 1;
    } else if (heading !== null) {
      blocks.push({ is: 'heading', level: heading[1]!.length, inner: parseInline(heading[2]!) });
      at += 1;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      blocks.push({ is: 'rule' });
      at += 1;
    } else if (/^\s*>/.test(line)) {
      const quoted = until((next) => !/^\s*>/.test(next)).map((next) => next.replace(/^\s*>\s?/, ''));
      blocks.push({ is: 'quote', inner: parseInline(quoted.join(' ')) });
    } else if (LIST_ITEM.test(line)) {
      const ordered = LIST_ITEM.exec(line)![1] === undefined;
      const items = until((next) => !LIST_ITEM.test(next)).map((next) =>
        parseInline(LIST_ITEM.exec(next)![2]!),
      );
      blocks.push({ is: 'list', ordered, items });
    } else {
      const text = until(
        (next) => next.trim() === '' || /^(#{1,4}\s|\s*```|\s*>)/.test(next) || LIST_ITEM.test(next),
      );
      blocks.push({ is: 'paragraph', inner: parseInline(text.join(' ')) });
    }
  }
  return blocks;
}
