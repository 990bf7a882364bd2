/**
 * What the architecture rules need to know of a TypeScript source: its code without comments and text, and the modules
 * that it imports. A scanner of its own, because no syntax-tree tool at hand runs with this compiler and import
 * checkers that resolve nothing pass while checking nothing.
 *
 * Invariants
 * - `code` has the length and the line breaks of the source: comments, and the contents of strings, templates and
 *   regular expressions, are blanked; expressions inside `${ }` stay.
 * - Every module specifier is found: `import x from`, `import 'x'`, `export ... from`, `import('x')`, type or not.
 */
export interface SourceText {
  readonly code: string;
  readonly imports: readonly ImportedModule[];
}

export interface ImportedModule {
  readonly specifier: string;
  /** 1-based. */
  readonly line: number;
  /** `import type` and `export type`: gone at run time. */
  readonly typeOnly: boolean;
}

const BEFORE_SPECIFIER = /(?<![.\w$])(?:from\s*|import\s*\(?\s*)$/;
const TYPES_ALONE = /\b(?:import|export)\s+type\s+(?:\{[^}]*\}|\*[^;]*|[\w$]+)\s*from\s*$/;
const OPERAND_BEFORE_SLASH = /[\w$)\]}]$/;
const KEYWORD_BEFORE_REGEXP = /\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/;

export function readSourceText(source: string): SourceText {
  const out: string[] = [];
  const texts: { start: number; text: string }[] = [];
  /** Depths of `{` inside the templates that are open, innermost last. */
  const templates: number[] = [];
  let at = 0;

  const blank = (end: number): void => {
    for (; at < end; at++) out.push(source[at] === '\n' ? '\n' : ' ');
  };
  const keep = (): void => {
    out.push(source[at] as string);
    at++;
  };
  const quoted = (quote: string): void => {
    let end = at + 1;
    while (end < source.length && source[end] !== quote) end += source[end] === '\\' ? 2 : 1;
    texts.push({ start: at, text: source.slice(at + 1, end) });
    keep();
    blank(end);
    keep();
  };
  /** From just behind a backtick or behind the `}` of an inner expression, up to the next `${` or the closing backtick. */
  const templateText = (): void => {
    let end = at;
    while (end < source.length && source[end] !== '`' && !(source[end] === '$' && source[end + 1] === '{')) {
      end += source[end] === '\\' ? 2 : 1;
    }
    blank(Math.min(end, source.length));
    if (source[at] === '`') keep();
    else if (at < source.length) {
      keep();
      keep();
      templates.push(0);
    }
  };
  const regularExpression = (): void => {
    let end = at + 1;
    let inClass = false;
    while (end < source.length && (inClass || source[end] !== '/')) {
      if (source[end] === '[') inClass = true;
      else if (source[end] === ']') inClass = false;
      end += source[end] === '\\' ? 2 : 1;
    }
    blank(end + 1);
  };
  const startsRegularExpression = (): boolean => {
    let end = out.length;
    while (end > 0 && /\s/.test(out[end - 1] as string)) end--;
    const before = out.slice(Math.max(0, end - 12), end).join('');
    return !OPERAND_BEFORE_SLASH.test(before) || KEYWORD_BEFORE_REGEXP.test(before);
  };

  while (at < source.length) {
    const char = source[at] as string;
    const next = source[at + 1];
    const depth = templates.length - 1;
    if (char === '/' && next === '/') blank(lineEnd(source, at));
    else if (char === '/' && next === '*') blank(commentEnd(source, at));
    else if (char === '"' || char === "'") quoted(char);
    else if (char === '`') {
      keep();
      templateText();
    } else if (char === '}' && templates[depth] === 0) {
      templates.pop();
      keep();
      templateText();
    } else if (char === '/' && startsRegularExpression()) regularExpression();
    else {
      if (depth >= 0 && char === '{') templates[depth] = (templates[depth] as number) + 1;
      if (depth >= 0 && char === '}') templates[depth] = (templates[depth] as number) - 1;
      keep();
    }
  }
  const code = out.join('');
  const imports = texts
    .map(({ start, text }) => ({ start, text, before: code.slice(Math.max(0, start - 2000), start) }))
    .filter(({ before }) => BEFORE_SPECIFIER.test(before))
    .map(({ start, text, before }) => ({
      specifier: text,
      line: lineOf(source, start),
      typeOnly: TYPES_ALONE.test(before),
    }));
  return { code, imports };
}

/** 1-based line of an offset. */
export function lineOf(source: string, offset: number): number {
  let line = 1;
  for (let index = source.indexOf('\n'); index !== -1 && index < offset; index = source.indexOf('\n', index + 1))
    line++;
  return line;
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end === -1 ? source.length : end;
}

function commentEnd(source: string, from: number): number {
  const end = source.indexOf('*/', from + 2);
  return end === -1 ? source.length : end + 2;
}
