/** Small pieces of English. */
import type { ExpressionText, FunctionDestination } from '../../spec/application.js';

/** `a`, `a and b`, `a, b and c`. */
export function join(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length <= 1 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** Egresses by name, and functions with whom of them it is for. */
export function destinations({
  to,
  toFunctions,
}: {
  readonly to: readonly string[];
  readonly toFunctions: readonly FunctionDestination[];
}): string {
  return join([...to, ...toFunctions.map(({ function: type, id }) => `the function ${type} of ${id.text.trim()}`)]);
}

/** Also of several lines. */
export function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}

export function bullet(text: string): string {
  return `  - ${text.replaceAll('\n', '\n    ')}`;
}

/** Conditions as they are written, one a line. */
export function conditions(expressions: readonly ExpressionText[]): string[] {
  return expressions.map(({ text }, index) => indent(`${index === 0 ? '' : 'and '}${text.trim()}`));
}

const COLUMN_WIDTH_MAX = 60;

/** Expressions and values in two columns; the value of a long expression stands below it. */
export function table(values: readonly { readonly text: string; readonly value: string }[]): string {
  const width = Math.max(0, ...values.map(({ text }) => text.length).filter((length) => length <= COLUMN_WIDTH_MAX));
  return values
    .map(({ text, value }) =>
      text.length <= width ? `${text.padEnd(width)}  ${value}` : `${text}\n${' '.repeat(width)}  ${value}`,
    )
    .join('\n');
}
