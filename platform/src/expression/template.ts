/** Message templates: text with expressions in `{{ }}`. */
import type { Problem } from './problem.js';

/** Text, or an expression with the offset in the template at which its text begins. */
export type TemplatePart = string | { readonly text: string; readonly start: number };

/**
 * `Card {{ card }}: {{ n }} probes` is "Card ", card, ": ", n, " probes". An expression ends at the first `}}` outside of
 * its quotes. A single brace is text.
 */
export function parseTemplate(template: string): {
  readonly parts: readonly TemplatePart[];
  readonly problems: readonly Problem[];
} {
  const parts: TemplatePart[] = [];
  const problems: Problem[] = [];
  let from = 0;
  for (let open = template.indexOf('{{'); open >= 0; open = template.indexOf('{{', from)) {
    if (open > from) parts.push(template.slice(from, open));
    const close = closing(template, open + 2);
    if (close === undefined) {
      problems.push({
        code: 'TG200',
        message: 'the expression that begins with {{ has no }}',
        start: open,
        end: open + 2,
      });
      return { parts, problems };
    }
    const inner = template.slice(open + 2, close);
    const start = open + 2 + (inner.length - inner.trimStart().length);
    if (inner.trim() === '')
      problems.push({ code: 'TG216', message: 'the expression in {{ }} is empty', start: open, end: close + 2 });
    else parts.push({ text: inner.trim(), start });
    from = close + 2;
  }
  if (from < template.length) parts.push(template.slice(from));
  return { parts, problems };
}

/** Quoted text, or the braces. A map's own `}` may stand right before: `{{ {"a": 1}.size() }}`. */
const PIECE = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\}\}/gs;

function closing(template: string, from: number): number | undefined {
  PIECE.lastIndex = from;
  for (let found = PIECE.exec(template); found !== null; found = PIECE.exec(template)) {
    if (found[0] === '}}') return found.index;
  }
  return undefined;
}
