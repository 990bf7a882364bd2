/**
 * The path to the records of a document: `features[*]`, `$.features[*]`, `[*]`, `days[*].hours[*]`, `a["odd.name"][*]`.
 * `[*]` takes each element of a list in order. A path without `[*]` names one record, or a list of them.
 */
import { ConnectorError } from '../api/index.js';

export type RecordPath = readonly (string | typeof EACH)[];
export const EACH = Symbol('each');

const STEP = /\.?(?<name>[A-Za-z_][\w-]*)|\["(?<quoted>[^"\\]+)"\]|\['(?<single>[^'\\]+)'\]|(?<each>\[\*\])/y;

/** Throws a ConnectorError for text that is no path. */
export function parseRecordPath(text: string): RecordPath {
  const path: (string | typeof EACH)[] = [];
  let at = text.startsWith('$') ? 1 : 0;
  while (at < text.length) {
    STEP.lastIndex = at;
    const groups = STEP.exec(text)?.groups;
    if (groups === undefined) {
      throw new ConnectorError(
        'invalid-option',
        `records: "${text}" is no path at character ${at + 1}; write it as features[*] or days[*].hours[*]`,
      );
    }
    const name = groups['name'] ?? groups['quoted'] ?? groups['single'];
    path.push(name ?? EACH);
    at = STEP.lastIndex;
  }
  return path;
}

/** The records in document order, or the reason why there are none where the path leads. */
export function recordsAt(document: unknown, path: RecordPath): readonly unknown[] | string {
  let found: readonly unknown[] = [document];
  for (const [index, step] of path.entries()) {
    const next: unknown[] = [];
    for (const value of found) {
      if (step === EACH) {
        if (!Array.isArray(value)) return `records: no list at ${describe(path.slice(0, index + 1))}`;
        // A loop: a spread of a long list into a call overflows the stack.
        for (const element of value) next.push(element);
      } else {
        if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
          return `records: nothing at ${describe(path.slice(0, index + 1))}`;
        }
        next.push((value as Record<string, unknown>)[step]);
      }
    }
    found = next;
  }
  const [only] = found;
  return found.length === 1 && Array.isArray(only) && path.at(-1) !== EACH ? only : found;
}

function describe(steps: RecordPath): string {
  return steps.map((step, index) => (step === EACH ? '[*]' : index === 0 ? step : `.${step}`)).join('');
}
