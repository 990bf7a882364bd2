/** Compares what came out with what Apache Flink gave. */
import type { Case, MatchResult, Result } from './case.js';

/** A failure that is a defect of Flink, not a rule: such a case has no right answer. */
export function isDefectOfFlink({ expect }: Case): boolean {
  return expect?.error?.phase === 'run' && expect.error.class === 'NullPointerException';
}

/** What differs, for a reader; undefined if nothing does. Between keys there is no order, so keys are compared one by one. */
export function difference(expected: Result, actual: Result): string | undefined {
  const parts = (['error', 'matches', 'timeouts', 'late'] as const).map((part) => {
    const left = JSON.stringify(comparable(expected, part));
    const right = JSON.stringify(comparable(actual, part));
    return left === right ? undefined : `${part}: Flink ${left}, here ${right}`;
  });
  const found = parts.filter((part) => part !== undefined);
  return found.length === 0 ? undefined : found.join('\n  ');
}

function comparable(result: Result, part: 'error' | 'matches' | 'timeouts' | 'late'): unknown {
  switch (part) {
    case 'error':
      return [result.error?.phase, result.error?.class, result.error?.in];
    case 'late':
      return result.late ?? [];
    default:
      return byKey(result[part] ?? []);
  }
}

function byKey(matches: readonly MatchResult[]): unknown {
  const keys = [...new Set(matches.map(({ key }) => key))].sort();
  return keys.map((key) => [
    key,
    matches.filter((match) => match.key === key).map(({ at, in: item, m }) => [at, item, Object.entries(m)]),
  ]);
}
