/**
 * `node verifier.js EXPECTED FOUND`: holds the alerts of the disturbed job against those of the run that nobody disturbed, as
 * sorted lines. Prints one JSON line; exit code 1 where they differ. A process of its own: it knows nothing but the files.
 */
import { readFileSync } from 'node:fs';

export interface Verdict {
  readonly alerts: number;
  readonly duplicates: number;
  readonly missing: number;
  readonly foreign: number;
  readonly identical: boolean;
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').filter(Boolean).sort();
}

function verdictOn(found: readonly string[], expected: readonly string[]): Verdict {
  const [had, known] = [new Set(found), new Set(expected)];
  return {
    alerts: expected.length,
    duplicates: found.length - had.size,
    missing: expected.filter((line) => !had.has(line)).length,
    foreign: found.filter((line) => !known.has(line)).length,
    identical: found.length === expected.length && found.every((line, i) => line === expected[i]),
  };
}

const [expected = '', found = ''] = process.argv.slice(2);
const verdict = verdictOn(linesOf(found), linesOf(expected));
process.stdout.write(`${JSON.stringify(verdict)}\n`);
if (!verdict.identical || verdict.alerts === 0) process.exitCode = 1;
