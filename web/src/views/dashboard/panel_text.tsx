// Markdown as elements: nothing of it is ever taken for HTML.
import { useMemo } from 'preact/hooks';
import { type Block, type Inline, parseMarkdown } from '../../logic/markdown.ts';

function inlines(parts: readonly Inline[]) {
  return parts.map((part, i) => {
    const key = `${i}`;
    switch (part.is) {
      case 'text':
        return part.text;
      case 'code':
        return <code key={key}>{part.text}</code>;
      case 'strong':
        return <strong key={key}>{inlines(part.inner)}</strong>;
      case 'em':
        return <em key={key}>{inlines(part.inner)}</em>;
      default:
        return (
          <a key={key} href={part.href} rel="noreferrer noopener">
            {inlines(part.inner)}
          </a>
        );
    }
  });
}

function block(part: Block, i: number) {
  const key = `${i}`;
  switch (part.is) {
    case 'heading':
      return part.level === 1 ? (
        <h3 key={key}>{inlines(part.inner)}</h3>
      ) : (
        <h4 key={key}>{inlines(part.inner)}</h4>
      );
    case 'paragraph':
      return <p key={key}>{inlines(part.inner)}</p>;
    case 'quote':
      return <blockquote key={key}>{inlines(part.inner)}</blockquote>;
    case 'code':
      return <pre key={key}>{part.text}</pre>;
    case 'rule':
      return <hr key={key} />;
    default: {
      const items = part.items.map((item, n) => <li key={`${n}`}>{inlines(item)}</li>);
      return part.ordered ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>;
    }
  }
}

export function Markdown({ text }: { readonly text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return <div class="markdown">{blocks.map(block)}</div>;
}
