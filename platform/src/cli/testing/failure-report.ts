/**
 * A failed test, for people: what was expected and did not come, what came and was not expected, and, where one of each
 * is left that is nearly the other, the fields in which they differ.
 */
import { isSubset } from './subset.js';
import type { EgressResult } from './test-run.js';

const ALERTS_SHOWN_MAX = 10;

export function failureReport(egresses: readonly EgressResult[]): string {
  return egresses.map(egressReport).join('');
}

function egressReport({ egress, expected, actual, missing, surplus }: EgressResult): string {
  const lines = [`    ${egress}: expected ${expected.length}, got ${actual.length}`];
  for (const i of missing) {
    lines.push(`      expected  ${shown(expected[i])}`);
    const nearest = nearestOf(
      expected[i],
      surplus.map((j) => actual[j]),
    );
    if (nearest !== undefined) lines.push(...differences(expected[i], nearest).map((text) => `        ${text}`));
  }
  for (const j of surplus.slice(0, ALERTS_SHOWN_MAX))
    lines.push(`      got       ${shown(withoutEvidence(actual[j]))}`);
  if (surplus.length > ALERTS_SHOWN_MAX) lines.push(`      ... and ${surplus.length - ALERTS_SHOWN_MAX} more`);
  return `${lines.join('\n')}\n`;
}

/** The candidate that shares the most fields with what was expected; undefined when none shares any. */
function nearestOf(expected: unknown, candidates: readonly unknown[]): unknown {
  let best: unknown;
  let most = 0;
  for (const candidate of candidates) {
    const shared = fieldsOf(expected).filter(([name, value]) => isSubset(value, fieldOf(candidate, name))).length;
    if (shared > most) [best, most] = [candidate, shared];
  }
  return best;
}

function differences(expected: unknown, actual: unknown): string[] {
  return fieldsOf(expected).flatMap(([name, value]) => {
    const found = fieldOf(actual, name);
    return isSubset(value, found) ? [] : [`${name}: expected ${shown(value)}, got ${shown(found)}`];
  });
}

function fieldsOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** An alert without its id and events, which a test seldom means. */
function withoutEvidence(alert: unknown): unknown {
  return Object.fromEntries(fieldsOf(alert).filter(([name]) => name !== 'id' && name !== 'stages' && name !== 'event'));
}

function shown(value: unknown): string {
  return value === undefined
    ? 'nothing'
    : JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
}
