/** Compares alerts with what a test expects of them: each expectation is a subset of one alert's fields. */

/** Whether `actual` has everything that `expected` says: maps by subset, lists element by element, scalars equal. */
export function isSubset(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((part, i) => isSubset(part, actual[i]))
    );
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return false;
    return Object.entries(expected).every(
      ([name, part]) => Object.hasOwn(actual, name) && isSubset(part, (actual as Record<string, unknown>)[name]),
    );
  }
  if (typeof expected === 'bigint' || typeof actual === 'bigint') {
    return isIntegral(expected) && isIntegral(actual) && BigInt(expected) === BigInt(actual);
  }
  return Object.is(expected, actual) || (expected === 0 && actual === 0);
}

function isIntegral(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isInteger(value);
}

export interface Comparison {
  /** Indices of expectations that no alert fulfils. */
  readonly missing: readonly number[];
  /** Indices of alerts that no expectation accounts for. */
  readonly surplus: readonly number[];
}

/** Assigns alerts to expectations one to one, as many as possible (augmenting paths), in no promised order. */
export function compareAlerts(expected: readonly unknown[], actual: readonly unknown[]): Comparison {
  const ownerOf = new Map<number, number>();
  const assign = (expectation: number, tried: Set<number>): boolean => {
    for (let i = 0; i < actual.length; i++) {
      if (tried.has(i) || !isSubset(expected[expectation], actual[i])) continue;
      tried.add(i);
      const owner = ownerOf.get(i);
      if (owner === undefined || assign(owner, tried)) {
        ownerOf.set(i, expectation);
        return true;
      }
    }
    return false;
  };
  const missing = expected.flatMap((_, i) => (assign(i, new Set()) ? [] : [i]));
  return { missing, surplus: actual.flatMap((_, i) => (ownerOf.has(i) ? [] : [i])) };
}
