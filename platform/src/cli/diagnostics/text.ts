/**
 * Diagnostics for people: `error[CODE]: message`, the place, and the line with a caret.
 *
 * Invariants
 * - The first line of each begins with `error[CODE]: ` or `warning[CODE]: ` and ends with the suggestion, if any.
 * - Text of the file reaches the terminal without control characters and without secrets.
 */
import type { Diagnostic, SourceRange } from '../../common/diagnostic.js';
import type { SourceText } from '../../spec/text/source-text.js';

export interface TextOptions {
  readonly sources: ReadonlyMap<string, SourceText>;
  readonly secrets: ReadonlySet<string>;
  readonly colour: boolean;
}

const MAX_FRAME_COLUMNS = 160;
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

export function diagnosticText(diagnostic: Diagnostic, options: TextOptions): string {
  const paint = painter(options.colour);
  const { severity, code, message, suggestion, range, help, related = [] } = diagnostic;
  const tone = severity === 'error' ? 'red' : 'yellow';
  const meant = suggestion === undefined ? '' : `; did you mean ${JSON.stringify(suggestion)}?`;
  const lines = [`${paint(tone, `${severity}[${code}]`)}: ${clean(message, options)}${clean(meant, options)}`];
  if (range !== undefined) lines.push(...frame(range, tone, '', options, paint));
  for (const other of related) lines.push(...frame(other.range, 'blue', other.message, options, paint));
  if (help !== undefined) {
    const gutter = ' '.repeat(gutterWidth(range));
    lines.push(
      ...help
        .split('\n')
        .map((line, index) => `${gutter} ${paint('blue', index === 0 ? '=' : ' ')} ${clean(line, options)}`),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** `2 errors, 1 warning` */
export function countText(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Diagnostic['severity'], noun: string) => {
    const number = diagnostics.filter((one) => one.severity === severity).length;
    return number === 0 ? [] : [`${number} ${noun}${number === 1 ? '' : 's'}`];
  };
  return [...count('error', 'error'), ...count('warning', 'warning')].join(', ');
}

type Paint = (colour: keyof typeof COLOURS, text: string) => string;
const COLOURS = { red: 31, yellow: 33, blue: 34 } as const;

function painter(enabled: boolean): Paint {
  return (colour, text) => (enabled ? `\u001b[1;${COLOURS[colour]}m${text}\u001b[0m` : text);
}

function frame(
  range: SourceRange,
  tone: keyof typeof COLOURS,
  note: string,
  options: TextOptions,
  paint: Paint,
): string[] {
  const gutter = ' '.repeat(gutterWidth(range));
  const place = `${gutter}${paint('blue', '-->')} ${range.file}:${range.line}:${range.column}`;
  const source = options.sources.get(range.file);
  if (source === undefined) return [place];
  const { text, before, width } = clipped(source.line(range.line), range);
  const bar = paint('blue', '|');
  // Tabs before the caret stay tabs, so that it stands below its place whatever their width.
  const caret =
    clean(before, options).replace(/[^\t]/g, ' ') + paint(tone, '^'.repeat(width)) + (note === '' ? '' : ` ${note}`);
  return [
    place,
    `${gutter} ${bar}`,
    `${paint('blue', String(range.line))} ${bar} ${clean(text, options)}`,
    `${gutter} ${bar} ${caret}`,
  ];
}

/** The part of a long line around the range. */
function clipped(line: string, range: SourceRange): { text: string; before: string; width: number } {
  const column = range.column - 1;
  const from = column > MAX_FRAME_COLUMNS - 40 ? column - 40 : 0;
  const text = line.slice(from, from + MAX_FRAME_COLUMNS);
  const before = line.slice(from, column);
  const end = range.endLine === range.line ? range.endColumn - 1 : line.length;
  return { text, before, width: Math.max(1, Math.min(end, from + MAX_FRAME_COLUMNS) - column) };
}

function gutterWidth(range: SourceRange | undefined): number {
  return range === undefined ? 1 : String(range.line).length;
}

/** Of the same length, so that carets stay below their places. */
function clean(text: string, { secrets }: TextOptions): string {
  let shown = text.replace(CONTROLS, '\ufffd');
  for (const secret of secrets) shown = shown.replaceAll(secret, '*'.repeat(secret.length));
  return shown;
}
