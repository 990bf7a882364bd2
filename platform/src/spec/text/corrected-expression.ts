/**
 * YAML and CEL quarrel over `: `, ` #`, quotes, brackets and `!`. Whatever the quarrel, a block scalar ends it: this
 * prints the line as it should be written.
 */
import type { SourceText } from './source-text.js';

/** Keys whose values are expressions, wherever they stand. */
const EXPRESSION_KEYS = new Set(['where', 'until', 'key', 'by']);

/** `where: |` and the text on a line of its own. */
export function blockStyle(key: string, text: string): string {
  const lines = text.split('\n').map((line) => `    ${line.trim()}`);
  return [`  ${key}: |`, ...lines].join('\n');
}

/** No one wrote a longer line by hand, and the patterns below would be slow on it. */
const MAX_LINE = 2_000;
const KEYED = /(?:^|[\s{,-])([A-Za-z_][\w-]*):\s+(.*)$/;
const ITEM = /^\s*-\s+(.*)$/;

/** The corrected lines for a syntax error on a line that holds an expression; undefined when it holds none. */
export function correctedExpression(source: SourceText, offset: number): string | undefined {
  const number = source.lineAt(offset);
  const line = source.line(number);
  if (line.length > MAX_LINE) return undefined;
  const item = ITEM.exec(line)?.[1];
  for (const [, key, text] of keyedParts(line)) {
    if (key === undefined || text === undefined) continue;
    if (EXPRESSION_KEYS.has(key) || parentKey(source, number) === 'select')
      return advice(blockStyle(key, unwrapped(text, line)));
  }
  if (item !== undefined && EXPRESSION_KEYS.has(parentKey(source, number) ?? ''))
    return advice(`  - |\n    ${item.trim()}`);
  return undefined;
}

function advice(lines: string): string {
  return `Write the expression in block style:\n${lines}`;
}

/** Every `key: rest of the line`, from the left. */
function keyedParts(line: string): RegExpExecArray[] {
  const parts: RegExpExecArray[] = [];
  for (let found = KEYED.exec(line); found !== null && parts.length < 8; found = KEYED.exec(found[2] ?? ''))
    parts.push(found);
  return parts;
}

/** Without a block header, and without the brace that closed a flow map around it. */
function unwrapped(text: string, line: string): string {
  const bare = text.trim().replace(/^[|>][-+\d]*\s*/, '');
  return /\{[^}]*$/.test(line.slice(0, line.indexOf(text))) ? bare.replace(/\s*\}+,?\s*$/, '') : bare;
}

/** The key of the nearest line above that is indented less. */
function parentKey(source: SourceText, number: number): string | undefined {
  const indent = indentOf(source.line(number));
  for (let above = number - 1; above > 0; above -= 1) {
    const line = source.line(above);
    if (line.trim() === '' || indentOf(line) >= indent) continue;
    return /^[\s-]*([A-Za-z_][\w-]*):\s*$/.exec(line)?.[1];
  }
  return undefined;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
